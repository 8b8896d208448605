import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './retention.module.css';

interface ReasonDialogProps {
  title: string;
  text: string;
  submit: string;
  done: string;
  onClose: () => void;
  onSubmit: (reason: string) => Promise<unknown>;
}

/** Asks why, and does it. */
export function ReasonDialog({ title, text, submit, done, onClose, onSubmit }: ReasonDialogProps) {
  const t = useT();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = reason.trim().length < 3;
  const act = useMutation({
    mutationFn: () => onSubmit(reason.trim()),
    onSuccess: () => {
      toast(done);
      onClose();
    },
  });
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (!missing) act.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={send} noValidate className={classes.form}>
        <p>{text}</p>
        <Textarea
          label={t('retention.reason')}
          description={t('retention.reasonHint')}
          rows={2}
          maxLength={1000}
          required
          data-autofocus
          value={reason}
          error={tried && missing && t('retention.reasonMissing')}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {act.error !== null && <Trouble error={act.error} />}
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
