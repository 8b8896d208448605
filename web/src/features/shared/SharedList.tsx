import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listSharedDrivers, type DriverRow } from '@/api';
import { listSharedDriversQueryKey } from '@/api/@tanstack/react-query.gen';
import { useFormats, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Verdict } from '@/ui/status/Verdict';
import { useShared } from './context';
import classes from './shared.module.css';

/** The drivers of the share with their standing today. */
export function SharedList() {
  const t = useT();
  const shared = useShared();
  const drivers = useInfiniteQuery({
    queryKey: [...listSharedDriversQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listSharedDrivers({ query: { limit: 100, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (drivers.isPending) return <Skeleton height={320} radius="lg" />;
  if (drivers.isError) {
    return <Trouble error={drivers.error} onRetry={() => void drivers.refetch()} />;
  }
  return (
    <>
      <Panel title={t('shared.drivers', { count: shared.drivers })} flush>
        <ul className={classes.list}>
          {drivers.data.pages
            .flatMap((page) => page.items)
            .map((driver) => (
              <Row key={driver.id} driver={driver} />
            ))}
        </ul>
      </Panel>
      {drivers.hasNextPage && (
        <Button
          variant="default"
          loading={drivers.isFetchingNextPage}
          onClick={() => void drivers.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
    </>
  );
}

function Row({ driver }: { driver: DriverRow }) {
  const t = useT();
  const { date } = useFormats();
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Link to="/shared/$driverId" params={{ driverId: driver.id }} className={classes.link}>
          {driver.first_name} {driver.last_name}
        </Link>
        <p className={classes.soft}>
          {driver.employee_id} • {driver.terminal.name}
          {driver.next_due !== null &&
            ` • ${t('shared.nextDue', { title: driver.next_due.title, date: date(driver.next_due.due_on) })}`}
        </p>
      </div>
      <Verdict mayDrive={driver.may_drive} />
    </li>
  );
}
