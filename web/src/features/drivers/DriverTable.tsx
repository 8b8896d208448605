import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { DriverRow } from '@/api';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import classes from './drivers.module.css';
import { DriverTableRow } from './DriverTableRow';

interface DriverTableProps {
  drivers: DriverRow[];
  total: number;
  asOf: PlainDate | undefined;
  /** The rows are those of the filters before; the new ones are on their way. */
  stale: boolean;
  loadingMore: boolean;
  /** The last loaded row came near: time for the next page. */
  onEnd: () => void;
}

const COLUMNS = ['name', 'terminal', 'verdict', 'why', 'next'] as const;

/** The rows near the screen only, so that 5,000 drivers scroll like fifty. The page itself scrolls. */
export function DriverTable({ drivers, total, asOf, stale, loadingMore, onEnd }: DriverTableProps) {
  const t = useT();
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    if (body.current) setOffset(body.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: drivers.length,
    estimateSize: () => 64,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => drivers[index]?.id ?? index,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= drivers.length - 20) onEnd();
  }, [last, drivers.length, onEnd]);

  return (
    <>
      <div
        role="table"
        aria-label={t('drivers.table')}
        aria-rowcount={total + 1}
        aria-busy={stale}
        className={classes.table}
        data-stale={stale || undefined}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={classes.headRow}>
            {COLUMNS.map((column) => (
              <span key={column} role="columnheader">
                {t(`drivers.column.${column}`)}
              </span>
            ))}
          </div>
        </div>
        <div
          role="rowgroup"
          ref={body}
          className={classes.body}
          style={{ height: rows.getTotalSize() }}
        >
          {visible.map((row) => {
            const driver = drivers[row.index];
            return (
              driver && (
                <DriverTableRow
                  key={row.key}
                  ref={rows.measureElement}
                  driver={driver}
                  index={row.index}
                  top={row.start - offset}
                  asOf={asOf}
                />
              )
            );
          })}
        </div>
      </div>
      <p className={classes.foot} role="status">
        {loadingMore ? t('app.loading') : t('drivers.shown', { shown: drivers.length, all: total })}
      </p>
    </>
  );
}
