import { Button, Modal, PasswordInput, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { confirmIdentity } from '@/api';
import { readSecondFactorsOptions } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { hasPasskeys, isDismissal, proveWithPasskey } from '@/core/auth/passkey';
import { textOf } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './account.module.css';

interface ProofDialogProps {
  /** True: the API knows now that it is you. False: the dialog was closed. */
  onAnswer: (shown: boolean) => void;
}

/** Asks for the password once more, and for a code where there is a generator. */
export function ProofDialog({ onAnswer }: ProofDialogProps) {
  const t = useT();
  const me = useMe();
  const factors = useQuery(readSecondFactorsOptions());
  const [lacks, setLacks] = useState({ password: false, code: false });
  const confirm = useMutation({
    mutationFn: async (body: { password: string; code: string | null }) =>
      (await confirmIdentity({ body, throwOnError: true })).data,
    onSuccess: () => {
      onAnswer(true);
    },
  });
  const prove = useMutation({
    mutationFn: proveWithPasskey,
    onSuccess: () => {
      onAnswer(true);
    },
  });
  const told = fieldErrors(confirm.error);

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The dialog may stand beside another form: what bubbles through React must not send that one.
    event.stopPropagation();
    const fields = new FormData(event.currentTarget);
    const entry = fields.get('password');
    // Blanks may belong to a password: it is not trimmed.
    const password = typeof entry === 'string' ? entry : '';
    const code = textOf(fields, 'code');
    const missing = { password: password === '', code: factors.data?.totp === true && code === '' };
    setLacks(missing);
    if (missing.password || missing.code) return;
    confirm.mutate({ password, code: code === '' ? null : code });
  };

  return (
    <Modal
      opened
      onClose={() => {
        onAnswer(false);
      }}
      title={t('settings.proof.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {factors.isPending && <Skeleton height={200} />}
      {factors.isError && <Trouble error={factors.error} onRetry={() => void factors.refetch()} />}
      {factors.data && (
        <form className={classes.form} onSubmit={submit} noValidate>
          <p>{t('settings.proof.lead')}</p>
          {confirm.isError && <Trouble error={confirm.error} />}
          {prove.isError && !isDismissal(prove.error) && <Trouble error={prove.error} />}
          <input
            type="email"
            name="email"
            value={me.email}
            autoComplete="username"
            readOnly
            hidden
          />
          <PasswordInput
            name="password"
            data-autofocus
            label={t('signIn.password')}
            autoComplete="current-password"
            error={lacks.password ? t('signIn.passwordMissing') : told['password']}
          />
          {factors.data.totp && (
            <TextInput
              name="code"
              label={t('signIn.code')}
              description={t('signIn.codeHint')}
              autoComplete="one-time-code"
              error={lacks.code ? t('signIn.codeMissing') : told['code']}
            />
          )}
          <div className={classes.actions}>
            <Button
              variant="default"
              onClick={() => {
                onAnswer(false);
              }}
            >
              {t('action.cancel')}
            </Button>
            {factors.data.passkeys > 0 && hasPasskeys() && (
              <Button
                variant="default"
                loading={prove.isPending}
                onClick={() => {
                  prove.mutate();
                }}
              >
                {t('settings.proof.passkey')}
              </Button>
            )}
            <Button type="submit" color="amber" loading={confirm.isPending}>
              {t('settings.proof.submit')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
