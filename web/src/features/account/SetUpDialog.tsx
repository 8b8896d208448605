import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { confirmTotp, type TotpBegun } from '@/api';
import { readSecondFactorsQueryKey } from '@/api/@tanstack/react-query.gen';
import { textOf } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './account.module.css';
import { useProof } from './use-proof';

interface SetUpDialogProps {
  begun: TotpBegun;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}

/** The secret as a picture and as text; it counts once its first code has arrived. */
export function SetUpDialog({ begun, onClose, onCodes }: SetUpDialogProps) {
  const t = useT();
  const queries = useQueryClient();
  const proof = useProof();
  const [missing, setMissing] = useState(false);
  const confirm = useMutation({
    mutationFn: async (code: string) =>
      (await proof.guard(() => confirmTotp({ body: { code }, throwOnError: true }))).data,
    onSuccess: ({ codes }) => {
      onCodes(codes);
    },
    // After an answer that was lost it may be on all the same.
    onSettled: () => queries.invalidateQueries({ queryKey: readSecondFactorsQueryKey() }),
  });

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = textOf(new FormData(event.currentTarget), 'code').replaceAll(' ', '');
    setMissing(!/^\d{6}$/.test(code));
    if (/^\d{6}$/.test(code)) confirm.mutate(code);
  };

  return (
    <>
      <Modal
        opened
        onClose={onClose}
        title={t('settings.factor.setUp')}
        closeOnClickOutside={false}
        closeOnEscape={!proof.asking}
        trapFocus={!proof.asking}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <form className={classes.form} onSubmit={submit} noValidate>
          <p>{t('settings.factor.scan')}</p>
          <img
            className={classes.qr}
            alt={t('signIn.qr')}
            width={196}
            height={196}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(begun.qr_svg)}`}
          />
          <p>
            {t('signIn.setUpKey')} <code className={classes.key}>{begun.secret}</code>
          </p>
          {confirm.isError && <Trouble error={confirm.error} />}
          <TextInput
            name="code"
            data-autofocus
            label={t('settings.factor.code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            error={missing ? t('settings.factor.codeMissing') : fieldErrors(confirm.error)['code']}
          />
          <div className={classes.actions}>
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="amber" loading={confirm.isPending}>
              {t('settings.factor.turnOn')}
            </Button>
          </div>
        </form>
      </Modal>
      {proof.dialog}
    </>
  );
}
