import { useQuery } from '@tanstack/react-query';
import { readPartChartsOptions } from '@/api/@tanstack/react-query.gen';
import { SmallChart } from '../charts/SmallChart';
import { useState } from 'react';
import classes from './part.module.css';

/** CPU and memory of the last quarter of an hour. */
export function PartHistory({ name }: { name: string }) {
  const [at, setAt] = useState<number | null>(null);
  const charts = useQuery({
    ...readPartChartsOptions({ path: { name } }),
    refetchInterval: 15_000,
    retry: false,
  });
  const drawn = charts.data?.charts.filter((chart) => chart.lines.length > 0) ?? [];
  if (!charts.data || drawn.length === 0) return null;
  const { times } = charts.data;
  return (
    <div className={classes.history}>
      {drawn.map((chart) => (
        <SmallChart key={chart.name} chart={chart} times={times} at={at} onAt={setAt} />
      ))}
    </div>
  );
}
