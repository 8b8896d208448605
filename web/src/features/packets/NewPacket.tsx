import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { createPacket, type Packet } from '@/api';
import { listPacketsQueryKey } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Chosen } from './Chosen';
import { toDrivers, type Selection } from './selection';
import classes from './packets.module.css';

const SHOWS = ['none', 'basic', 'detailed'] as const;
type Shows = (typeof SHOWS)[number];

interface NewPacketProps {
  selection: Selection;
  onClose: () => void;
}

export default function NewPacket({ selection, onClose }: NewPacketProps) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const [asOf, setAsOf] = useState<PlainDate | undefined>(selection.as_of);
  const [title, setTitle] = useState('');
  const [originals, setOriginals] = useState(false);
  const [sph, setSph] = useState(false);
  const [shows, setShows] = useState<Shows>('basic');
  const ask = useMutation({
    mutationFn: async (): Promise<Packet> => {
      const body = { ...toDrivers(selection), as_of: asOf ?? null, title, originals, sph, shows };
      return (await createPacket({ body })).data;
    },
    onSuccess: async (packet) => {
      await queries.invalidateQueries({ queryKey: listPacketsQueryKey() });
      toast(t('packets.new.asked', { count: packet.total }));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('packets.new.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <Chosen selection={selection} />
        <DateField
          label={t('packets.new.asOf')}
          description={t('packets.new.asOfHint')}
          value={asOf}
          onChange={setAsOf}
        />
        <TextInput
          label={t('packets.new.name')}
          description={t('packets.new.nameHint')}
          value={title}
          maxLength={200}
          data-autofocus
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Select
          label={t('packets.shows')}
          description={t(`packets.shows.${shows}.hint`)}
          data={SHOWS.map((value) => ({ value, label: t(`packets.shows.${value}`) }))}
          value={shows}
          allowDeselect={false}
          onChange={(value) => setShows(SHOWS.find((entry) => entry === value) ?? 'basic')}
        />
        <Checkbox
          label={t('packets.new.originals')}
          description={t('packets.new.originalsHint')}
          checked={originals}
          onChange={(event) => setOriginals(event.currentTarget.checked)}
        />
        {may(me, 'sph-file:read') && (
          <Checkbox
            label={t('packets.new.sph')}
            description={t('packets.new.sphHint')}
            checked={sph}
            onChange={(event) => setSph(event.currentTarget.checked)}
          />
        )}
        {ask.isError && <Trouble error={ask.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={ask.isPending}>
            {t('packets.new.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
