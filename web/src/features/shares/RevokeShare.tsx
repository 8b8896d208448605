import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { revokeShare, type Share } from '@/api';
import { listSharesQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './shares.module.css';

interface RevokeShareProps {
  share: Share;
  onClose: () => void;
}

export function RevokeShare({ share, onClose }: RevokeShareProps) {
  const t = useT();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => (await revokeShare({ path: { share_id: share.id } })).data,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listSharesQueryKey() });
      toast(t('shares.revoked', { title: share.title }));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('shares.revokeAsk', { title: share.title })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.form}>
        <p>{t('shares.revokeText')}</p>
        {revoke.isError && <Trouble error={revoke.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button color="amber" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('shares.revoke')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
