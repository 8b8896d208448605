import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState, type SyntheticEvent } from 'react';
import type { ToSign } from '@/api';
import { useMe } from '@/core/auth/me';
import { newKey } from '@/core/offline/key';
import { put } from '@/core/offline/outbox';
import { getLocale } from '@/i18n';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import classes from './acknowledgements.module.css';
import { signPath } from './paths';
import { SignaturePad } from './SignaturePad';
import type { Strokes } from './strokes';

interface SignSheetProps {
  form: ToSign;
  onClose: () => void;
}

/** The text to read, and the signature. What is signed goes through the outbox: without a connection it waits there. */
export default function SignSheet({ form, onClose }: SignSheetProps) {
  const t = useT();
  const me = useMe();
  const phone = useMediaQuery('(max-width: 48em)');
  const [name, setName] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [strokes, setStrokes] = useState<Strokes>([]);
  const [tried, setTried] = useState(false);
  const [unkept, setUnkept] = useState(false);
  const named = name.trim().length >= 3;
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (!named || !agreed) return;
    const { version, sha256 } = form;
    const signature = { version, sha256, name: name.trim(), agreed, strokes };
    try {
      await put({
        key: newKey(),
        userId: me.id,
        path: signPath(form.form_id),
        title: form.title,
        fields: { signature: JSON.stringify(signature), locale: getLocale() },
        file: null,
        addedAt: Date.now(),
        refusal: null,
      });
      toast(t('ack.kept'));
      onClose();
    } catch {
      setUnkept(true);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={form.title}
      size="lg"
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className={classes.sheet} noValidate onSubmit={(event) => void submit(event)}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by keyboard */}
        <div className={classes.text} tabIndex={0} role="region" aria-label={form.title}>
          {form.text}
        </div>
        <TextInput
          label={t('ack.name')}
          description={t('ack.statement')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="name"
          maxLength={120}
          required
          value={name}
          error={tried && !named ? t('ack.nameMissing') : undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <SignaturePad strokes={strokes} onChange={setStrokes} />
        <Checkbox
          size="md"
          label={t('ack.agree')}
          checked={agreed}
          error={tried && !agreed ? t('ack.agreeMissing') : undefined}
          onChange={({ currentTarget }) => setAgreed(currentTarget.checked)}
        />
        {unkept && (
          <p className={classes.unkept} role="alert">
            {t('ack.noStorage')}
          </p>
        )}
        <div className={classes.foot}>
          <Button variant="default" size="md" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color="amber" size="md">
            {t('ack.sign')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
