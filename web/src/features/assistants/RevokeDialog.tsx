import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@/api';
import { listConnectionsQueryKey, revokeConnectionMutation } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';
import { toast } from '@/ui/feedback/toast';
import { visible } from './definition';

interface RevokeDialogProps {
  connection: Connection;
  onClose: () => void;
}

export function RevokeDialog({ connection, onClose }: RevokeDialogProps) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const client = visible(connection.client_name);
  // The list of everybody and the own one are kept apart; both may have it.
  const reload = () => queries.invalidateQueries({ queryKey: listConnectionsQueryKey() });
  const revoke = useMutation({
    ...revokeConnectionMutation(),
    onSuccess: () => {
      void reload();
      toast(t('assistants.connected.ended', { client }));
      onClose();
    },
    onError: (error) => {
      if (problemOf(error)?.status === 404) void reload();
    },
  });
  return (
    <Confirm
      title={t('assistants.connected.endAsk', { client })}
      action={t('assistants.connected.end')}
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => {
        revoke.mutate({ path: { connection_id: connection.id } });
      }}
      onClose={onClose}
    >
      {connection.user.id !== me.id && (
        <p>{t('assistants.connected.endOther', { name: connection.user.name })}</p>
      )}
      <p>{t('assistants.connected.endText')}</p>
    </Confirm>
  );
}
