import { listNoticesOptions } from '@/api/@tanstack/react-query.gen';
import type { Me } from '@/api';

const EVERY = 5 * 60_000;

/** What the person was told, asked again every five minutes: it is planned every ten. */
export const noticesOptions = () => ({
  ...listNoticesOptions(),
  staleTime: EVERY,
  refetchInterval: EVERY,
});

/** An auditor visits; nothing runs out for one. */
export const isReminded = (me: Me): boolean => me.role !== 'auditor';
