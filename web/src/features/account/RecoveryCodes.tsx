import { Button, Modal } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useT } from '@/i18n/react';
import classes from './account.module.css';

interface RecoveryCodesProps {
  codes: string[];
  onClose: () => void;
}

/** Shown once; only their hashes are kept. A slip of the finger must not close it. */
export function RecoveryCodes({ codes, onClose }: RecoveryCodesProps) {
  const t = useT();
  const clipboard = useClipboard();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.factor.codes')}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={classes.form}>
        <p>{t('settings.factor.codesText')}</p>
        <ol className={classes.codes}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className={classes.actions}>
          <Button
            variant="default"
            onClick={() => {
              clipboard.copy(codes.join('\n'));
            }}
          >
            {t(clipboard.copied ? 'settings.factor.copied' : 'settings.factor.copy')}
          </Button>
          <Button color="amber" onClick={onClose}>
            {t('settings.factor.kept')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
