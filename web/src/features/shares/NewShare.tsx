import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { createShare, type ShareOpened } from '@/api';
import { listSharesQueryKey } from '@/api/@tanstack/react-query.gen';
import { Chosen } from '@/features/packets/Chosen';
import { toDrivers, type Selection } from '@/features/packets/selection';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './shares.module.css';

const DAYS = [1, 3, 7, 14, 30, 60, 90] as const;

interface NewShareProps {
  selection: Selection;
  onClose: () => void;
  onMade: (share: ShareOpened) => void;
}

export default function NewShare({ selection, onClose, onMade }: NewShareProps) {
  const t = useT();
  const queries = useQueryClient();
  const [title, setTitle] = useState('');
  const [email, setEmail] = useState('');
  const [days, setDays] = useState('14');
  const [packet, setPacket] = useState(true);
  const [sph, setSph] = useState(false);
  const share = useMutation({
    mutationFn: async (): Promise<ShareOpened> => {
      const who = { title: title.trim(), email: email.trim() || null };
      const body = { ...toDrivers(selection), ...who, days: Number(days), packet, sph };
      return (await createShare({ body })).data;
    },
    onSuccess: async (made) => {
      onMade(made);
      await queries.invalidateQueries({ queryKey: listSharesQueryKey() });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    share.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('shares.new.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <Chosen selection={selection} />
        <p className={classes.soft}>{t('shares.new.frozen')}</p>
        <TextInput
          label={t('shares.new.name')}
          description={t('shares.new.nameHint')}
          required
          maxLength={200}
          data-autofocus
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <TextInput
          label={t('shares.new.email')}
          description={t('shares.new.emailHint')}
          type="email"
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t('shares.new.days')}
          data={DAYS.map((count) => ({
            value: String(count),
            label: t('shares.new.dayCount', { count }),
          }))}
          value={days}
          allowDeselect={false}
          onChange={(value) => setDays(value ?? '14')}
        />
        <Checkbox
          label={t('shares.new.packet')}
          description={t('shares.new.packetHint')}
          checked={packet}
          onChange={(event) => setPacket(event.currentTarget.checked)}
        />
        <Checkbox
          label={t('shares.new.sph')}
          description={t('packets.new.sphHint')}
          checked={sph}
          onChange={(event) => setSph(event.currentTarget.checked)}
        />
        {share.isError && <Trouble error={share.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            color="amber"
            loading={share.isPending}
            disabled={title.trim() === ''}
          >
            {t('shares.new.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
