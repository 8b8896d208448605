import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { TelematicsFeed } from '@/api';
import {
  createTelematicsFeedMutation,
  listTelematicsFeedsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './telematics.module.css';

const PROVIDERS = ['samsara', 'motive'] as const;
type Provider = TelematicsFeed['provider'];

/** A new account. Its secret follows: the provider makes it when it is told the address. */
export function NewFeed({ onClose }: { onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [provider, setProvider] = useState<Provider>('samsara');
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  const make = useMutation({
    ...createTelematicsFeedMutation(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listTelematicsFeedsQueryKey() });
      toast(t('telematics.made'));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const empty = name.trim() === '';
    setMissing(empty);
    if (!empty) make.mutate({ body: { provider, name: name.trim() } });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('telematics.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        <Select
          label={t('telematics.provider')}
          data={PROVIDERS.map((value) => ({ value, label: t(`telematics.provider.${value}`) }))}
          value={provider}
          allowDeselect={false}
          onChange={(value) => setProvider(PROVIDERS.find((one) => one === value) ?? 'samsara')}
        />
        <TextInput
          label={t('telematics.name')}
          description={t('telematics.nameHint')}
          value={name}
          maxLength={120}
          data-autofocus
          error={missing && t('telematics.nameMissing')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <p className={classes.soft}>{t('telematics.newText')}</p>
        {make.isError && <Trouble error={make.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" loading={make.isPending}>
            {t('telematics.make')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
