import { Button, Skeleton } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { listPackets, type Packet } from '@/api';
import { listPacketsQueryKey } from '@/api/@tanstack/react-query.gen';
import { isDriver, useMe } from '@/core/auth/me';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { PacketItem } from './PacketItem';
import classes from './packets.module.css';

const NewPacket = lazy(() => import('./NewPacket'));
const route = getRouteApi('/shell/packets');
/** While a packet of the list is built, the list follows it. */
const FOLLOW_MS = 1500;

const isRunning = (packet: Packet): boolean =>
  packet.state === 'queued' || packet.state === 'building';

function usePackets(driver: string | undefined) {
  const query = { driver, limit: 30 };
  return useInfiniteQuery({
    queryKey: [...listPacketsQueryKey({ query }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listPackets({ query: { ...query, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isRunning)) ? FOLLOW_MS : false,
  });
}

export function PacketsPage() {
  const t = useT();
  const me = useMe();
  const { make, ...selection } = route.useSearch();
  const navigate = route.useNavigate();
  const packets = usePackets(selection.driver);
  const items = packets.data?.pages.flatMap((page) => page.items) ?? [];
  const open = (next: true | undefined) =>
    void navigate({ search: (old) => ({ ...old, make: next }), replace: true });
  const mayMake = !isDriver(me) || selection.driver !== undefined;
  return (
    <Page
      title={t('packets.title')}
      lead={t('packets.lead')}
      actions={
        <>
          {selection.driver !== undefined && !isDriver(me) && (
            <Button variant="default" onClick={() => void navigate({ search: {} })}>
              {t('packets.everybody')}
            </Button>
          )}
          {mayMake && (
            <Button
              color="amber"
              leftSection={<IconFileZip size={18} stroke={1.7} aria-hidden />}
              onClick={() => open(true)}
            >
              {t('packets.make')}
            </Button>
          )}
        </>
      }
    >
      {packets.isPending && <Skeleton height={320} radius="lg" />}
      {packets.isError && <Trouble error={packets.error} onRetry={() => void packets.refetch()} />}
      {packets.isSuccess && items.length === 0 && (
        <Blank title={t('packets.none')} text={t('packets.noneText')} />
      )}
      {items.length > 0 && (
        <Panel flush>
          <ul className={classes.list}>
            {items.map((packet) => (
              <PacketItem key={packet.id} packet={packet} />
            ))}
          </ul>
        </Panel>
      )}
      {packets.hasNextPage && (
        <Button
          variant="default"
          loading={packets.isFetchingNextPage}
          onClick={() => void packets.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
      <Suspense fallback={null}>
        {make && <NewPacket selection={selection} onClose={() => open(undefined)} />}
      </Suspense>
    </Page>
  );
}
