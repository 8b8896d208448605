import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TelematicsEvent } from '@/api';
import { readTelematicsEventOptions } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './telematics.module.css';

interface EventDrawerProps {
  event: TelematicsEvent | null;
  onClose: () => void;
}

/** One event, word for word. */
export function EventDrawer({ event, onClose }: EventDrawerProps) {
  const t = useT();
  // While it slides away it still shows what it was about.
  const [shown, setShown] = useState(event);
  if (event !== null && event !== shown) setShown(event);
  return (
    <Drawer
      opened={event !== null}
      onClose={onClose}
      position="right"
      size={560}
      title={shown?.type || t('telematics.noType')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {shown && <Content event={shown} />}
    </Drawer>
  );
}

function Content({ event }: { event: TelematicsEvent }) {
  const t = useT();
  const locale = useLocale();
  const path = { provider: event.provider, event_id: event.event_id };
  const whole = useQuery(readTelematicsEventOptions({ path }));
  const at = (instant: string) => formatInstant(instant, locale);
  return (
    <div className={classes.form}>
      <dl className={classes.facts}>
        <dt>{t('telematics.happened')}</dt>
        <dd>{at(event.at)}</dd>
        <dt>{t('telematics.received')}</dt>
        <dd>{at(event.received_at)}</dd>
        <dt>{t('telematics.kept')}</dt>
        <dd>{at(event.expires_at)}</dd>
        <dt>{t('telematics.id')}</dt>
        <dd className={classes.id}>{event.event_id}</dd>
      </dl>
      {whole.isPending && <Skeleton height={240} />}
      {whole.isError && <Trouble error={whole.error} onRetry={() => void whole.refetch()} />}
      {whole.data && (
        <section>
          <h3 className={classes.name}>{t('telematics.body')}</h3>
          <Body text={JSON.stringify(whole.data.body, null, 2)} />
        </section>
      )}
    </div>
  );
}

function Body({ text }: { text: string }) {
  const t = useT();
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by keyboard
    <pre className={classes.body} tabIndex={0} role="region" aria-label={t('telematics.body')}>
      {text}
    </pre>
  );
}
