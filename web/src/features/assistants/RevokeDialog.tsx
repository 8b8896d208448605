import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@/api';
import { listConnectionsQueryKey, revokeConnectionMutation } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './assistants.module.css';
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
    <Modal
      opened
      onClose={onClose}
      title={t('assistants.connected.endAsk', { client })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.form}>
        {connection.user.id !== me.id && (
          <p>{t('assistants.connected.endOther', { name: connection.user.name })}</p>
        )}
        <p>{t('assistants.connected.endText')}</p>
        {revoke.isError && <Trouble error={revoke.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button
            color="amber"
            loading={revoke.isPending}
            onClick={() => {
              revoke.mutate({ path: { connection_id: connection.id } });
            }}
          >
            {t('assistants.connected.end')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
