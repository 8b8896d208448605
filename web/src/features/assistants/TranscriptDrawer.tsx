import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { TranscriptCall, TranscriptEntry } from '@/api';
import { readAssistantTranscriptOptions } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import classes from './assistants.module.css';
import { visible } from './definition';

interface TranscriptDrawerProps {
  call: TranscriptEntry | null;
  onClose: () => void;
}

/** One call: what was asked, and what was answered where that is kept. */
export function TranscriptDrawer({ call, onClose }: TranscriptDrawerProps) {
  const t = useT();
  // While it slides away it still shows what it was about.
  const [shown, setShown] = useState(call);
  if (call !== null && call !== shown) setShown(call);
  return (
    <Drawer
      opened={call !== null}
      onClose={onClose}
      position="right"
      size={560}
      title={shown && visible(shown.tool)}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {shown && <Content call={shown} />}
    </Drawer>
  );
}

function Content({ call }: { call: TranscriptEntry }) {
  const t = useT();
  const whole = useQuery(readAssistantTranscriptOptions({ path: { call_id: call.id } }));
  return (
    <div className={classes.form}>
      <dl className={classes.facts}>
        <dt>{t('assistants.calls.when')}</dt>
        <dd>{formatInstant(call.at, intlTag())}</dd>
        <dt>{t('assistants.transcript.kept')}</dt>
        <dd>{formatInstant(call.expires_at, intlTag())}</dd>
        <Trace id={call.trace_id} />
      </dl>
      {whole.isPending && <Skeleton height={240} />}
      {whole.isError && <Trouble error={whole.error} onRetry={() => void whole.refetch()} />}
      {whole.data && <Said call={whole.data} />}
    </div>
  );
}

function Trace({ id }: { id: string | null }) {
  const t = useT();
  const mayFollow = may(useMe(), 'operations:read');
  if (id === null || !mayFollow) return null;
  return (
    <>
      <dt>{t('assistants.transcript.trace')}</dt>
      <dd>
        <Link to="/operations/traces/$traceId" params={{ traceId: id }} className={classes.anchor}>
          {id.slice(0, 8)}
        </Link>
      </dd>
    </>
  );
}

function Said({ call }: { call: TranscriptCall }) {
  const t = useT();
  const locale = useLocale();
  return (
    <>
      <Text title={t('assistants.transcript.asked')} value={call.arguments} />
      {call.result === null ? (
        <section>
          <h3 className={classes.strong}>{t('assistants.transcript.answered')}</h3>
          <p>
            {t('assistants.transcript.notKept', { size: formatSize(call.result_bytes, locale) })}
          </p>
          <p className={classes.soft}>{t('assistants.transcript.sha')}</p>
          <code className={classes.hash}>{call.result_sha256}</code>
        </section>
      ) : (
        <Text title={t('assistants.transcript.answered')} value={call.result} />
      )}
    </>
  );
}

function Text({ title, value }: { title: string; value: unknown }) {
  return (
    <section>
      <h3 className={classes.strong}>{title}</h3>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by keyboard */}
      <pre className={classes.said} tabIndex={0} role="region" aria-label={title}>
        {visible(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}
      </pre>
    </section>
  );
}
