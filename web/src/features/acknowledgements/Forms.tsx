import { Button, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Form } from '@/api';
import { listAcknowledgementFormsOptions } from '@/api/@tanstack/react-query.gen';
import { useLocale, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './acknowledgements.module.css';
import { FormDialog } from './FormDialog';
import { RetireForm } from './RetireForm';
import { Signers } from './Signers';

type Dialog = { kind: 'edit'; form: Form | null } | { kind: 'retire' | 'who'; form: Form };

/** The forms that drivers sign, and how far each has come; for those who keep the carrier's rules. */
export default function Forms() {
  const t = useT();
  const forms = useQuery(listAcknowledgementFormsOptions());
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  return (
    <Panel
      title={t('ack.forms')}
      aside={
        <Button
          color="amber"
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => setDialog({ kind: 'edit', form: null })}
        >
          {t('ack.new')}
        </Button>
      }
    >
      <p className={classes.soft}>{t('ack.lead')}</p>
      {forms.isPending && <Skeleton height={120} mt="sm" />}
      {forms.isError && <Trouble error={forms.error} onRetry={() => void forms.refetch()} />}
      {forms.data?.items.length === 0 && <Blank title={t('ack.none')} text={t('ack.noneText')} />}
      <ul className={classes.forms}>
        {forms.data?.items.map((form) => (
          <FormRow key={form.id} form={form} onOpen={setDialog} />
        ))}
      </ul>
      {dialog?.kind === 'edit' && <FormDialog form={dialog.form} onClose={close} />}
      {dialog?.kind === 'retire' && <RetireForm form={dialog.form} onClose={close} />}
      {dialog?.kind === 'who' && <Signers form={dialog.form} onClose={close} />}
    </Panel>
  );
}

function FormRow({ form, onOpen }: { form: Form; onOpen: (dialog: Dialog) => void }) {
  const t = useT();
  const { title } = (useLocale() === 'es' ? form.words.es : null) ?? form.words.en;
  return (
    <li className={classes.form}>
      <div>
        <p className={classes.title}>{title}</p>
        <p className={classes.soft}>
          {form.retired_at === null
            ? t('ack.signed', { signed: form.signed, wanted: form.wanted })
            : t('ack.retired')}
          {' · '}
          {t('ack.version', { version: form.version })}
        </p>
      </div>
      <div className={classes.buttons}>
        <Button
          variant="default"
          aria-label={t('ack.whoLabel', { title })}
          onClick={() => onOpen({ kind: 'who', form })}
        >
          {t('ack.who')}
        </Button>
        {form.retired_at === null && (
          <>
            <Button
              variant="default"
              aria-label={t('ack.editLabel', { title })}
              onClick={() => onOpen({ kind: 'edit', form })}
            >
              {t('ack.edit')}
            </Button>
            <Button
              variant="default"
              aria-label={t('ack.retireLabel', { title })}
              onClick={() => onOpen({ kind: 'retire', form })}
            >
              {t('ack.retire')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
