import { useEffect, useRef } from 'react';
import type { Item } from '@/api';
import { useTitles } from '@/features/review/titles';
import { useT } from '@/i18n/react';
import { formOf } from './form';
import classes from './bulk.module.css';

interface ScanListProps {
  items: Item[];
  current: string | undefined;
  onChoose: (id: string) => void;
}

/** Every scan with what it is taken for, and whether anybody has said so. */
export function ScanList({ items, current, onChoose }: ScanListProps) {
  const t = useT();
  const count = (state: Item['state']) => items.filter((item) => item.state === state).length;
  return (
    <nav className={classes.side} aria-label={t('bulk.list')}>
      <p className={classes.count} role="status">
        {t('bulk.counts', { waiting: count('waiting') + count('reading'), done: count('done') })}
      </p>
      <ol className={classes.list}>
        {items.map((item) => (
          <Row
            key={item.id}
            item={item}
            current={item.id === current}
            onChoose={() => onChoose(item.id)}
          />
        ))}
      </ol>
    </nav>
  );
}

function Row(props: { item: Item; current: boolean; onChoose: () => void }) {
  const { item, current, onChoose } = props;
  const t = useT();
  const titles = useTitles();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const { driverName, requirement } = formOf(item);
  const guess = [driverName, requirement && titles(requirement)].filter(Boolean).join(' • ');
  return (
    <li>
      <button
        ref={row}
        type="button"
        className={classes.row}
        data-state={item.state}
        aria-current={current || undefined}
        onClick={onChoose}
      >
        <b>{item.file_name}</b>
        <span>
          {item.state === 'waiting' || item.state === 'done' ? guess || t('bulk.unknown') : ''}
        </span>
        <span className={classes.meta}>
          {item.state === 'waiting' && item.found?.sure
            ? t('bulk.sure')
            : t(`bulk.state.${item.state}`)}
        </span>
      </button>
    </li>
  );
}
