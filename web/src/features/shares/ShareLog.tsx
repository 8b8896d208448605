import { Button, Skeleton, Table } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { listShareVisits, type Share, type ShareVisit } from '@/api';
import { listShareVisitsQueryKey, readShareOptions } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { lookUp } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './shares.module.css';

const FOLLOW_MS = 15_000;

/** Whose files the share holds, and what was opened, by whom, when, and from where. */
export function ShareLog({ share }: { share: Share }) {
  const t = useT();
  const path = { share_id: share.id };
  const details = useQuery(readShareOptions({ path }));
  const visits = useInfiniteQuery({
    queryKey: [...listShareVisitsQueryKey({ path }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listShareVisits({ path, query: { limit: 50, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: FOLLOW_MS,
  });
  const error = details.error ?? visits.error;
  if (error !== null) return <Trouble error={error} onRetry={() => void visits.refetch()} />;
  const items = visits.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={classes.log}>
      {details.data && (
        <p className={classes.soft}>
          {t('shares.people', {
            names: details.data.people
              .slice(0, 12)
              .map((person) => person.name)
              .join(', '),
            more: Math.max(0, details.data.people.length - 12),
          })}
        </p>
      )}
      {visits.isPending && <Skeleton height={120} />}
      {visits.isSuccess && items.length === 0 && <p>{t('shares.nobodyYet')}</p>}
      {items.length > 0 && <Visits items={items} />}
      {visits.hasNextPage && (
        <Button
          variant="default"
          loading={visits.isFetchingNextPage}
          onClick={() => void visits.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
    </div>
  );
}

function Visits({ items }: { items: ShareVisit[] }) {
  const t = useT();
  const locale = useLocale();
  return (
    <div className={classes.frame}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('shares.when')}</Table.Th>
            <Table.Th>{t('shares.who')}</Table.Th>
            <Table.Th>{t('shares.did')}</Table.Th>
            <Table.Th>{t('shares.from')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((visit) => (
            <Table.Tr key={visit.id}>
              <Table.Td>{formatInstant(visit.at, locale)}</Table.Td>
              <Table.Td>
                {visit.visitor === null
                  ? t('shares.unknown')
                  : `${visit.visitor}, ${visit.organisation ?? ''}`}
              </Table.Td>
              <Table.Td>
                {lookUp(`shares.action.${visit.action}`) ?? visit.action}
                {visit.driver !== null && `: ${visit.driver}`}
                {visit.document !== null && `, ${visit.document}`}
              </Table.Td>
              <Table.Td>{visit.address}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
