import { Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Waiting } from '@/api';
import { listTerminalsOptions, listWaitingOptions } from '@/api/@tanstack/react-query.gen';
import { useKeys } from '@/core/keys';
import { useFormats, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { Decide } from './Decide';
import { useTitles } from './titles';
import classes from './review.module.css';

const route = getRouteApi('/shell/review');

/** What drivers sent and nobody has looked at: the list, the document, and two answers. The next one follows by itself. */
export function ReviewPage() {
  const t = useT();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const query = { terminal: filters.terminal, limit: 100 };
  const waiting = useQuery({ ...listWaitingOptions({ query }), refetchInterval: 30_000 });
  const items = waiting.data?.items ?? [];
  return (
    <Page
      title={t('review.title')}
      lead={t('review.lead')}
      actions={
        <TerminalSelect
          value={filters.terminal}
          onChange={(terminal) => void navigate({ search: { terminal }, replace: true })}
        />
      }
    >
      {waiting.isError && <Trouble error={waiting.error} onRetry={() => void waiting.refetch()} />}
      {waiting.isPending && <Skeleton height={560} radius="lg" />}
      {waiting.data !== undefined &&
        (items.length === 0 ? (
          <Blank title={t('review.none')} text={t('review.noneText')} />
        ) : (
          <Desk items={items} total={waiting.data.total} onSettled={() => waiting.refetch()} />
        ))}
    </Page>
  );
}

function TerminalSelect(props: {
  value: string | undefined;
  onChange: (terminal: string | undefined) => void;
}) {
  const t = useT();
  const { data } = useQuery(listTerminalsOptions());
  return (
    <Select
      aria-label={t('review.terminal')}
      placeholder={t('review.everywhere')}
      clearable
      clearButtonProps={{ 'aria-label': t('action.clear') }}
      value={props.value ?? null}
      onChange={(terminal) => props.onChange(terminal ?? undefined)}
      data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
    />
  );
}

interface DeskProps {
  items: Waiting[];
  total: number;
  onSettled: () => Promise<unknown>;
}

function Desk({ items, total, onSettled }: DeskProps) {
  const t = useT();
  const [chosen, setChosen] = useState<string>();
  const found = items.findIndex((item) => item.evidence.id === chosen);
  const place = Math.max(found, 0);
  const current = items[place];
  const go = (step: number) => {
    const next = items[Math.min(Math.max(place + step, 0), items.length - 1)];
    setChosen(next?.evidence.id);
  };
  useKeys({ j: () => go(1), k: () => go(-1), ArrowDown: () => go(1), ArrowUp: () => go(-1) });
  if (current === undefined) return null;
  const settled = async () => {
    // What comes after it, before the list without it is here.
    setChosen((items[place + 1] ?? items[place - 1])?.evidence.id);
    await onSettled();
  };
  return (
    <div className={classes.desk}>
      <nav className={classes.side} aria-label={t('review.list')}>
        <p className={classes.count} role="status">
          {t('review.count', { count: total })}
        </p>
        <ol className={classes.list}>
          {items.map((item) => (
            <Row
              key={item.evidence.id}
              item={item}
              current={item === current}
              onChoose={() => setChosen(item.evidence.id)}
            />
          ))}
        </ol>
      </nav>
      <Decide key={current.evidence.id} item={current} onSettled={settled} />
    </div>
  );
}

function Row(props: { item: Waiting; current: boolean; onChoose: () => void }) {
  const { item, current, onChoose } = props;
  const { date } = useFormats();
  const titles = useTitles();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li>
      <button
        ref={row}
        type="button"
        className={classes.row}
        aria-current={current || undefined}
        onClick={onChoose}
      >
        <b>{`${item.driver.first_name} ${item.driver.last_name}`}</b>
        <span>{titles(item.evidence.requirement)}</span>
        <span className={classes.meta}>
          {item.driver.terminal_name} • {date(item.evidence.recorded_at.slice(0, 10))}
        </span>
      </button>
    </li>
  );
}
