import { SegmentedControl, Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readOperationsChartsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { oneOf } from '@/core/url';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { RANGES, type ChartRange } from '../search';
import classes from './charts.module.css';
import { SmallChart } from './SmallChart';

interface ChartsPanelProps {
  range: ChartRange;
  paused: boolean;
  onRange: (range: ChartRange) => void;
}

/** A dozen small charts over the same time: a pointer on one shows its moment on all. */
export function ChartsPanel({ range, paused, onRange }: ChartsPanelProps) {
  const t = useT();
  const [at, setAt] = useState<number | null>(null);
  const charts = useQuery({
    ...readOperationsChartsOptions({ query: { range } }),
    refetchInterval: paused ? false : 15_000,
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
  const { data } = charts;
  const silent = data !== undefined && data.source.state !== 'ok';
  return (
    <Panel
      title={t('operations.charts')}
      aside={
        <SegmentedControl
          aria-label={t('operations.range')}
          value={range}
          data={RANGES.map((value) => ({ value, label: t(`operations.range.${value}`) }))}
          onChange={(value) => {
            onRange(oneOf(RANGES, value) ?? '15m');
          }}
        />
      }
    >
      {charts.isPending && <Skeleton height={420} />}
      {charts.isError && !data && (
        <Trouble error={charts.error} onRetry={() => void charts.refetch()} />
      )}
      {silent && (
        <p className={classes.silent}>
          {t(`operations.source.metrics.${data.source.state === 'failed' ? 'failed' : 'off'}`)}
        </p>
      )}
      {data && !silent && (
        <ul className={classes.grid}>
          {data.charts.map((chart) => (
            <li key={chart.name}>
              <SmallChart chart={chart} times={data.times} at={at} onAt={setAt} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
