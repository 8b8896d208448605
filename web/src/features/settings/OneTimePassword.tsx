import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useT } from '@/i18n/react';
import classes from './settings.module.css';

interface OneTimePasswordProps {
  name: string;
  password: string;
  onClose: () => void;
}

/** Shown once, after a person was added or given a new password; it is kept nowhere. */
export function OneTimePassword({ name, password, onClose }: OneTimePasswordProps) {
  const t = useT();
  const clipboard = useClipboard();
  return (
    <div className={classes.form}>
      <h3 className={classes.strong}>{t('settings.users.once')}</h3>
      <p className={classes.password}>{password}</p>
      <p>{t('settings.users.onceText', { name })}</p>
      <div className={classes.actions}>
        <Button
          variant="default"
          onClick={() => {
            clipboard.copy(password);
          }}
        >
          {t(clipboard.copied ? 'settings.users.copied' : 'settings.users.copy')}
        </Button>
        <Button color="amber" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
    </div>
  );
}
