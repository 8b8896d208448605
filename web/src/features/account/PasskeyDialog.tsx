import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { renamePasskey, type Passkey } from '@/api';
import { isDismissal, isPresent, makePasskey } from '@/core/auth/passkey';
import { textOf } from '@/core/form';
import { fieldErrors } from '@/core/http/field-errors';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './account.module.css';
import { useProof } from './use-proof';

interface PasskeyDialogProps {
  /** Null: a new one. */
  passkey: Passkey | null;
  onSettled: () => Promise<unknown>;
  onClose: () => void;
}

/** What to call a passkey; for a new one the browser then asks for the device. */
export function PasskeyDialog({ passkey, onSettled, onClose }: PasskeyDialogProps) {
  const t = useT();
  const proof = useProof();
  const [missing, setMissing] = useState(false);
  const save = useMutation({
    mutationFn: async (name: string) => {
      if (passkey === null) await proof.guard(() => makePasskey(name));
      else
        await renamePasskey({
          path: { passkey_id: passkey.id },
          body: { name },
          throwOnError: true,
        });
    },
    onSuccess: () => {
      toast(t(passkey ? 'action.saved' : 'settings.passkeys.added'));
      onClose();
    },
    onSettled,
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = textOf(new FormData(event.currentTarget), 'name');
    setMissing(name === '');
    if (name !== '') save.mutate(name);
  };
  return (
    <>
      <Modal
        opened
        onClose={onClose}
        title={t(passkey ? 'settings.passkeys.renameTitle' : 'settings.passkeys.add')}
        closeOnEscape={!proof.asking}
        trapFocus={!proof.asking}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <form className={classes.form} onSubmit={submit} noValidate>
          {!passkey && <p>{t('settings.passkeys.addText')}</p>}
          {save.isError && <Failure error={save.error} />}
          <TextInput
            name="name"
            data-autofocus
            label={t('settings.passkeys.name')}
            description={t('settings.passkeys.nameHint')}
            defaultValue={passkey?.name ?? ''}
            maxLength={60}
            autoComplete="off"
            error={missing ? t('settings.passkeys.nameMissing') : fieldErrors(save.error)['name']}
          />
          <div className={classes.actions}>
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="amber" loading={save.isPending}>
              {t(passkey ? 'action.save' : 'settings.passkeys.make')}
            </Button>
          </div>
        </form>
      </Modal>
      {proof.dialog}
    </>
  );
}

/** What the browser says has no words of ours. */
function Failure({ error }: { error: Error }) {
  const t = useT();
  if (isDismissal(error)) return <p role="alert">{t('settings.passkeys.notMade')}</p>;
  if (isPresent(error)) return <p role="alert">{t('settings.passkeys.present')}</p>;
  return <Trouble error={error} />;
}
