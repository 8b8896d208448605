import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './dialog.module.css';

interface ConfirmProps {
  title: string;
  /** The word on the button that does it. */
  action: string;
  pending: boolean;
  /** Why it could not be done: null as long as nothing went wrong. */
  error: unknown;
  /** Another dialog lies above, and has the keyboard. */
  covered?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** What is taken away. */
  children: ReactNode;
}

/** Asks before something ends. The way out has the focus. */
export function Confirm({ title, action, pending, error, covered = false, ...ask }: ConfirmProps) {
  const t = useT();
  return (
    <Modal
      opened
      onClose={ask.onClose}
      title={title}
      closeOnEscape={!covered}
      trapFocus={!covered}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.body}>
        {ask.children}
        {error !== null && <Trouble error={error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={ask.onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button color="amber" loading={pending} onClick={ask.onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
