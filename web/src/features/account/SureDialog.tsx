import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './account.module.css';
import { useProof } from './use-proof';

interface SureDialogProps<T> {
  title: string;
  action: string;
  request: () => Promise<T>;
  onDone: (answer: T) => void;
  onSettled?: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** Says what a sensitive step takes away, before it is taken. */
export function SureDialog<T>({ title, action, children, ...step }: SureDialogProps<T>) {
  const t = useT();
  const proof = useProof();
  const send = useMutation({
    mutationFn: () => proof.guard(step.request),
    onSuccess: step.onDone,
    onSettled: () => step.onSettled?.(),
  });
  return (
    <>
      <Modal
        opened
        onClose={step.onClose}
        title={title}
        closeOnEscape={!proof.asking}
        trapFocus={!proof.asking}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <div className={classes.form}>
          {children}
          {send.isError && <Trouble error={send.error} />}
          <div className={classes.actions}>
            <Button variant="default" onClick={step.onClose}>
              {t('action.cancel')}
            </Button>
            <Button
              color="amber"
              loading={send.isPending}
              onClick={() => {
                send.mutate();
              }}
            >
              {action}
            </Button>
          </div>
        </div>
      </Modal>
      {proof.dialog}
    </>
  );
}
