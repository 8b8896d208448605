import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { may, useMe } from '@/core/auth/me';
import { PacketButton } from '@/features/packets/PacketButton';
import { selectionSearch } from '@/features/packets/selection';
import { useT } from '@/i18n/react';
import { AsOfPicker } from '@/ui/date/AsOfPicker';
import { ReplayNote } from '@/ui/date/ReplayNote';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { DriverTable } from './DriverTable';
import { ExportButton } from './ExportButton';
import { FilterBar } from './FilterBar';
import { activeFilters, type DriverFilters } from './filters';
import { driverPages } from './queries';
import { TableSkeleton } from './TableSkeleton';

const NewDriver = lazy(() => import('./NewDriver'));
const route = getRouteApi('/shell/drivers');

/** The list as it is filtered, for a packet or a share of exactly these drivers. */
const packetSelection = (filters: DriverFilters) => selectionSearch({ ...filters });

export function DriversPage() {
  const t = useT();
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const [exportError, setExportError] = useState<unknown>(null);
  const list = useInfiniteQuery(driverPages(filters));
  const total = list.data?.pages[0]?.total;
  const change = (next: Partial<DriverFilters>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });

  return (
    <Page
      title={t('drivers.title')}
      lead={total === undefined ? '\u00a0' : t('drivers.total', { count: total })}
      actions={
        <>
          <AsOfPicker
            value={filters.as_of}
            onChange={(as_of) => {
              change({ as_of });
            }}
          />
          <PacketButton selection={packetSelection(filters)} />
          <ExportButton filters={filters} disabled={!total} onError={setExportError} />
          {may(me, 'drivers:write') && (
            <Button
              color="amber"
              leftSection={<IconUserPlus size={18} stroke={1.7} aria-hidden />}
              onClick={() => {
                change({ add: true });
              }}
            >
              {t('drivers.add')}
            </Button>
          )}
        </>
      }
    >
      <ReplayNote
        value={filters.as_of}
        onToday={() => {
          change({ as_of: undefined });
        }}
      />
      <FilterBar filters={filters} onChange={change} />
      {exportError !== null && <Trouble error={exportError} />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <TableSkeleton />}
      {total === 0 && (
        <Blank title={t('drivers.noneTitle')} text={t('drivers.noneText')}>
          {activeFilters(filters) > 0 && (
            <Button
              variant="default"
              onClick={() =>
                void navigate({ search: { as_of: filters.as_of, sort: filters.sort } })
              }
            >
              {t('drivers.clear')}
            </Button>
          )}
        </Blank>
      )}
      {list.data && total !== undefined && total > 0 && (
        <DriverTable
          drivers={list.data.pages.flatMap((page) => page.items)}
          total={total}
          asOf={filters.as_of}
          stale={list.isPlaceholderData}
          loadingMore={list.isFetchingNextPage}
          onEnd={() => {
            if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
          }}
        />
      )}
      <Suspense fallback={null}>
        {filters.add && (
          <NewDriver
            onClose={() => {
              change({ add: undefined });
            }}
          />
        )}
      </Suspense>
    </Page>
  );
}
