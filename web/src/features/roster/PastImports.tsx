import { Button, Skeleton, Table } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listRosterImports, type RosterImportSummary } from '@/api';
import { listRosterImportsQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { useFormats, useLocale, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { ImportState } from './ImportState';
import { isRunning } from './steps';
import own from './imports.module.css';
import classes from './roster.module.css';

const PAGE = 20;
/** While an import of the list runs, the list follows it at leisure. */
const FOLLOW_MS = 5000;

function useImports() {
  return useInfiniteQuery({
    queryKey: [...listRosterImportsQueryKey({ query: { limit: PAGE } }), 'pages'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return (await listRosterImports({ query, signal })).data;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isRunning)) ? FOLLOW_MS : false,
  });
}

export function PastImports() {
  const t = useT();
  const imports = useImports();
  const items = imports.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t('roster.past.title')} flush>
      {imports.isPending && <ListSkeleton />}
      {imports.isError && (
        <div className={classes.inset}>
          <Trouble error={imports.error} onRetry={() => void imports.refetch()} />
        </div>
      )}
      {imports.isSuccess && items.length === 0 && (
        <Blank title={t('roster.past.none')} text={t('roster.past.noneText')} />
      )}
      {items.length > 0 && <List items={items} />}
      {imports.hasNextPage && (
        <div className={classes.inset}>
          <Button
            variant="default"
            loading={imports.isFetchingNextPage}
            onClick={() => void imports.fetchNextPage()}
          >
            {t('action.more')}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function ListSkeleton() {
  return (
    <div className={classes.inset}>
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={36} mb={8} />
      ))}
    </div>
  );
}

function List({ items }: { items: RosterImportSummary[] }) {
  const t = useT();
  const locale = useLocale();
  const { number } = useFormats();
  return (
    <div className={classes.tableFrame}>
      <Table className={own.past} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('roster.past.file')}</Table.Th>
            <Table.Th>{t('roster.past.state')}</Table.Th>
            <Table.Th className={classes.number}>{t('roster.past.rows')}</Table.Th>
            <Table.Th className={classes.number}>{t('roster.past.imported')}</Table.Th>
            <Table.Th className={classes.number}>{t('roster.past.errors')}</Table.Th>
            <Table.Th>{t('roster.past.when')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td>
                <Link
                  to="/imports/$importId"
                  params={{ importId: item.id }}
                  className={own.fileLink}
                >
                  {item.file_name}
                </Link>
              </Table.Td>
              <Table.Td>
                <ImportState state={item.state} />
              </Table.Td>
              <Table.Td className={classes.number} data-name={t('roster.past.rows')}>
                {number(item.total)}
              </Table.Td>
              <Table.Td className={classes.number} data-name={t('roster.past.imported')}>
                {number(item.imported)}
              </Table.Td>
              <Table.Td className={classes.number} data-name={t('roster.past.errors')}>
                {number(item.error_count)}
              </Table.Td>
              <Table.Td>{formatInstant(item.created_at, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
