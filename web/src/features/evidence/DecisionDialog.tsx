import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { reviewEvidence, voidEvidence, type Evidence } from '@/api';
import type { MessageKey } from '@/i18n';
import { useFormats, useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './evidence.module.css';

export type Decision = 'void' | 'accept' | 'reject';

interface Words {
  title: MessageKey;
  text: MessageKey;
  field: MessageKey;
  hint?: MessageKey;
  submit: MessageKey;
  done: MessageKey;
}

const WORDS: Record<Decision, Words> = {
  void: {
    title: 'evidence.voidTitle',
    text: 'evidence.voidText',
    field: 'evidence.voidReason',
    hint: 'evidence.voidReasonHint',
    submit: 'evidence.voidDo',
    done: 'evidence.voided',
  },
  accept: {
    title: 'evidence.acceptTitle',
    text: 'evidence.acceptText',
    field: 'evidence.reviewNoteField',
    submit: 'evidence.accept',
    done: 'evidence.accepted',
  },
  reject: {
    title: 'evidence.rejectTitle',
    text: 'evidence.rejectText',
    field: 'evidence.reviewNoteField',
    submit: 'evidence.reject',
    done: 'evidence.rejected',
  },
};

interface DecisionDialogProps {
  decision: Decision;
  title: string;
  evidence: Evidence;
  onClose: () => void;
  onDone: () => Promise<void>;
}

function decide(decision: Decision, id: string, words: string): Promise<unknown> {
  const path = { evidence_id: id };
  if (decision === 'void') return voidEvidence({ path, body: { reason: words } });
  const accepted = decision === 'accept';
  return reviewEvidence({
    path,
    body: { decision: accepted ? 'accepted' : 'rejected', note: words === '' ? null : words },
  });
}

/** Void, accept or reject a piece of evidence, with the words an auditor or the driver will read. */
export function DecisionDialog({
  decision,
  title,
  evidence,
  onClose,
  onDone,
}: DecisionDialogProps) {
  const t = useT();
  const { date } = useFormats();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const words = WORDS[decision];
  const missing = decision !== 'accept' && text.trim().length < 3;
  const act = useMutation({
    mutationFn: () => decide(decision, evidence.id, text.trim()),
    onSuccess: async () => {
      await onDone();
      toast(t(words.done));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (!missing) act.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(words.title)}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate className={classes.form}>
        <p>{t(words.text, { title, date: date(evidence.obtained_on) })}</p>
        <Textarea
          label={t(words.field)}
          description={words.hint && t(words.hint)}
          rows={2}
          maxLength={1000}
          required={decision !== 'accept'}
          data-autofocus
          value={text}
          error={tried && missing && t('evidence.voidMissing')}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {act.error !== null && <Trouble error={act.error} />}
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t(words.submit)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
