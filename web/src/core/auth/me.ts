import { useSuspenseQuery } from '@tanstack/react-query';
import type { Me, Permission } from '@/api';
import { readMeOptions } from '@/api/@tanstack/react-query.gen';

/** Who is signed in; the shell's loader has it before anything inside renders. */
export const meOptions = () => ({ ...readMeOptions(), staleTime: 5 * 60_000 });

export function useMe(): Me {
  return useSuspenseQuery(meOptions()).data;
}

/** What a page may offer. The server decides again; this only keeps dead ends out of sight. */
export function may(me: Me, permission: Permission): boolean {
  return me.permissions.includes(permission);
}

/** A driver has one page, the own file; everybody else sees the fleet (or the own terminal). */
export const isDriver = (me: Me): boolean => me.role === 'driver';
