import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listTelematicsEvents, type TelematicsEvent } from '@/api';
import { listTelematicsEventsQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useLocale, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import { Panel } from '@/ui/layout/Page';
import { EventDrawer } from './EventDrawer';
import classes from './telematics.module.css';

type Provider = TelematicsEvent['provider'];
const PROVIDERS = ['samsara', 'motive'] as const;
/** What comes in appears without a reload, at leisure. */
const FOLLOW_MS = 15_000;

/** What came in, the newest first. */
export function Events() {
  const t = useT();
  const [provider, setProvider] = useState<Provider | null>(null);
  const [opened, setOpened] = useState<TelematicsEvent | null>(null);
  const events = useEvents(provider);
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title={t('telematics.events')}
      aside={<From provider={provider} onChange={setProvider} />}
      flush
    >
      {events.isPending && <Skeleton height={240} m="md" />}
      {events.isError && (
        <div className={classes.inset}>
          <Trouble error={events.error} onRetry={() => void events.refetch()} />
        </div>
      )}
      {events.isSuccess && items.length === 0 && (
        <Blank title={t('telematics.noEvents')} text={t('telematics.noEventsText')} />
      )}
      <ul>
        {items.map((event) => (
          <li key={`${event.provider}/${event.event_id}`}>
            <Row event={event} onOpen={() => setOpened(event)} />
          </li>
        ))}
      </ul>
      {events.hasNextPage && (
        <div className={classes.inset}>
          <Button
            variant="default"
            loading={events.isFetchingNextPage}
            onClick={() => void events.fetchNextPage()}
          >
            {t('action.more')}
          </Button>
        </div>
      )}
      <EventDrawer event={opened} onClose={() => setOpened(null)} />
    </Panel>
  );
}

function useEvents(provider: Provider | null) {
  const query = provider === null ? {} : { provider };
  return useInfiniteQuery({
    queryKey: [...listTelematicsEventsQueryKey({ query }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listTelematicsEvents({ query: { ...query, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: FOLLOW_MS,
  });
}

interface FromProps {
  provider: Provider | null;
  onChange: (provider: Provider | null) => void;
}

function From({ provider, onChange }: FromProps) {
  const t = useT();
  return (
    <SegmentedControl
      aria-label={t('telematics.from')}
      value={provider ?? 'all'}
      onChange={(value) => onChange(PROVIDERS.find((one) => one === value) ?? null)}
      data={[
        { value: 'all', label: t('telematics.all') },
        ...PROVIDERS.map((value) => ({ value, label: t(`telematics.provider.${value}`) })),
      ]}
    />
  );
}

function Row({ event, onOpen }: { event: TelematicsEvent; onOpen: () => void }) {
  const t = useT();
  const locale = useLocale();
  return (
    <button type="button" className={classes.event} aria-haspopup="dialog" onClick={onOpen}>
      <span className={classes.what}>
        <span className={classes.name}>{event.type || t('telematics.noType')}</span>
        <span className={classes.soft}>
          {t(`telematics.provider.${event.provider}`)} · {formatSize(event.size, locale)}
        </span>
      </span>
      <time dateTime={event.at} className={classes.soft}>
        {formatInstant(event.at, locale)}
      </time>
      <IconChevronRight size={18} stroke={1.7} aria-hidden />
    </button>
  );
}
