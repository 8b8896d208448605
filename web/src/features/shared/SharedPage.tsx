import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { signOutOfShare, type Shared } from '@/api';
import { readSharedOptions, readSharedQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { problemOf } from '@/core/http/problem';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Outside } from '@/ui/shell/Outside';
import { SharedContext } from './context';
import { Ended } from './Ended';
import { SharedSignIn } from './SharedSignIn';
import { Watermark } from './Watermark';
import classes from './shared.module.css';

/** The server ends a share at any moment; the page notices within seconds, also when nobody touches it. */
const ASK_MS = 5000;
const ENDED = ['share-revoked', 'share-expired'];

/** An auditor's pages: the way in, what is shared, or that it is over. Nothing leads anywhere else. */
export function SharedPage() {
  const shared = useQuery({
    ...readSharedOptions(),
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' ? false : ASK_MS),
  });
  const slug = problemOf(shared.error)?.slug ?? '';
  if (ENDED.includes(slug)) return <Ended revoked={slug === 'share-revoked'} />;
  if (problemOf(shared.error)?.status === 401) return <SharedSignIn />;
  if (shared.data) return <Inside shared={shared.data} />;
  return (
    <Outside page="shared.title">
      {shared.isPending ? (
        <Skeleton height={240} radius="lg" />
      ) : (
        <Trouble error={shared.error} onRetry={() => void shared.refetch()} />
      )}
    </Outside>
  );
}

function Inside({ shared }: { shared: Shared }) {
  const t = useT();
  const locale = useLocale();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: async () => signOutOfShare(),
    onSettled: async () => {
      // What was shown must not stay behind; then the server is asked who is there now.
      queries.removeQueries({ predicate: (query) => query.queryKey !== readSharedQueryKey() });
      await queries.resetQueries({ queryKey: readSharedQueryKey() });
    },
  });
  return (
    <SharedContext value={shared}>
      <Outside
        page="shared.title"
        aside={
          <>
            <span>
              {shared.name}, {shared.organisation}
            </span>
            <Button
              variant="transparent"
              size="compact-sm"
              className={classes.leave}
              loading={leave.isPending}
              onClick={() => leave.mutate()}
            >
              {t('nav.signOut')}
            </Button>
          </>
        }
      >
        <p className={classes.given}>
          {t('shared.given', {
            carrier: shared.carrier,
            usdot: shared.usdot,
            title: shared.title,
            when: formatInstant(shared.expires_at, locale),
          })}
        </p>
        <p className={classes.soft}>{t('shared.watched')}</p>
        <Outlet />
      </Outside>
      <Watermark words={shared.watermark} />
    </SharedContext>
  );
}
