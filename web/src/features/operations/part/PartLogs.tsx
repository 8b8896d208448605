import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listLogLinesOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { LogLines } from '../LogLines';
import classes from './part.module.css';

/** What it wrote last. */
export function PartLogs({ name }: { name: string }) {
  const t = useT();
  const logs = useQuery({
    ...listLogLinesOptions({ query: { part: name, limit: 30 } }),
    refetchInterval: 5000,
  });
  const items = logs.data?.items ?? [];
  const silent = logs.data !== undefined && logs.data.source.state !== 'ok';
  return (
    <section>
      <h3 className={classes.heading}>{t('operations.logs')}</h3>
      {logs.isPending && <Skeleton height={160} />}
      {logs.isError && !logs.data && (
        <Trouble error={logs.error} onRetry={() => void logs.refetch()} />
      )}
      {logs.data && items.length === 0 && (
        <p className={classes.soft}>
          {t(silent ? 'operations.source.logs.off' : 'operations.noLogs')}
        </p>
      )}
      <LogLines lines={items} linked />
    </section>
  );
}
