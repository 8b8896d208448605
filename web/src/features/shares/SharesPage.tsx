import { Button, Skeleton } from '@mantine/core';
import { IconUserShare } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { listShares, type ShareOpened } from '@/api';
import { listSharesQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { Opened } from './Opened';
import { ShareItem } from './ShareItem';
import classes from './shares.module.css';

const NewShare = lazy(() => import('./NewShare'));
const route = getRouteApi('/shell/shares');
/** Visits appear without a reload, at leisure. */
const FOLLOW_MS = 15_000;

export function SharesPage() {
  const t = useT();
  const { make, ...selection } = route.useSearch();
  const navigate = route.useNavigate();
  const [made, setMade] = useState<ShareOpened | null>(null);
  const shares = useInfiniteQuery({
    queryKey: [...listSharesQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listShares({ query: { limit: 30, cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: FOLLOW_MS,
  });
  const items = shares.data?.pages.flatMap((page) => page.items) ?? [];
  const open = (next: true | undefined) =>
    void navigate({ search: (old) => ({ ...old, make: next }), replace: true });
  return (
    <Page
      title={t('shares.title')}
      lead={t('shares.lead')}
      actions={
        <Button
          color="amber"
          leftSection={<IconUserShare size={18} stroke={1.7} aria-hidden />}
          onClick={() => open(true)}
        >
          {t('shares.make')}
        </Button>
      }
    >
      {made && <Opened share={made} onDone={() => setMade(null)} />}
      {shares.isPending && <Skeleton height={320} radius="lg" />}
      {shares.isError && <Trouble error={shares.error} onRetry={() => void shares.refetch()} />}
      {shares.isSuccess && items.length === 0 && (
        <Blank title={t('shares.none')} text={t('shares.noneText')} />
      )}
      {items.length > 0 && (
        <Panel flush>
          <ul className={classes.list}>
            {items.map((share) => (
              <ShareItem key={share.id} share={share} />
            ))}
          </ul>
        </Panel>
      )}
      {shares.hasNextPage && (
        <Button
          variant="default"
          loading={shares.isFetchingNextPage}
          onClick={() => void shares.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
      <Suspense fallback={null}>
        {make && (
          <NewShare selection={selection} onClose={() => open(undefined)} onMade={setMade} />
        )}
      </Suspense>
    </Page>
  );
}
