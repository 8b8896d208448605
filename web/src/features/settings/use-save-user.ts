import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createUser, invite, updateUser, type User, type UserCreate } from '@/api';
import { listInvitationsQueryKey, listUsersQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { changesOf } from './user-form';

/** How a new person gets in: by a link that is mailed, or by a one-time password that is handed over. */
export const WAYS = ['mail', 'password'] as const;
export type Way = (typeof WAYS)[number];

interface Save {
  person: UserCreate;
  way: Way;
  disabled: boolean;
  reset: boolean;
}

type Guard = <T>(request: () => Promise<T>) => Promise<T>;

/** Invites or adds a person (`user` null), or changes one. */
export function useSaveUser(user: User | null, guard: Guard, onDone: () => void) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ person, way, disabled, reset }: Save) => {
      if (user) {
        const body = {
          ...changesOf(user, person, disabled),
          ...(reset ? { reset_password: true as const } : {}),
        };
        const request = () => updateUser({ path: { user_id: user.id }, body, throwOnError: true });
        return (await guard(request)).data;
      }
      if (way === 'password')
        return (await guard(() => createUser({ body: person, throwOnError: true }))).data;
      await guard(() => invite({ body: person, throwOnError: true }));
      return null;
    },
    onSuccess: (saved, { person }) => {
      void queries.invalidateQueries({ queryKey: listUsersQueryKey() });
      void queries.invalidateQueries({ queryKey: listInvitationsQueryKey() });
      // A one-time password stays on the screen until it was read.
      if (saved?.one_time_password) return;
      toast(saved ? t('action.saved') : t('settings.invitations.sent', { email: person.email }));
      onDone();
    },
  });
}
