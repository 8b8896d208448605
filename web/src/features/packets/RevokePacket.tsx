import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { revokePacket, type Packet } from '@/api';
import { listPacketsQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './packets.module.css';

interface RevokePacketProps {
  packet: Packet;
  onClose: () => void;
}

export function RevokePacket({ packet, onClose }: RevokePacketProps) {
  const t = useT();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const revoke = useMutation({
    mutationFn: async () =>
      (await revokePacket({ path: { packet_id: packet.id }, body: { reason } })).data,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listPacketsQueryKey() });
      toast(t('packets.revoked', { code: packet.code }));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    revoke.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('packets.revokeAsk', { code: packet.code })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <p>{t('packets.revokeText')}</p>
        <TextInput
          label={t('packets.revokeReason')}
          required
          minLength={3}
          maxLength={500}
          value={reason}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {revoke.isError && <Trouble error={revoke.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            color="amber"
            loading={revoke.isPending}
            disabled={reason.trim().length < 3}
          >
            {t('packets.revoke')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
