import { Button, Skeleton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  exportPurgeable,
  liftLegalHold,
  listPurgeable,
  purgeDocument,
  type LegalHold,
  type Purgeable,
} from '@/api';
import {
  listLegalHoldsOptions,
  listLegalHoldsQueryKey,
  listPurgeableQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { useTitles } from '@/features/review/titles';
import { useFormats, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { ReasonDialog } from './ReasonDialog';
import classes from './retention.module.css';

/** What may go, and what may not whatever its clock says. */
export function RetentionPage() {
  const t = useT();
  const purgeable = usePurgeable();
  const items = purgeable.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('retention.title')} lead={t('retention.lead')} actions={<Export />}>
      {purgeable.isError && (
        <Trouble error={purgeable.error} onRetry={() => void purgeable.refetch()} />
      )}
      {purgeable.isPending && <Skeleton height={240} radius="lg" />}
      {purgeable.isSuccess && items.length === 0 && !purgeable.hasNextPage && (
        <Blank title={t('retention.none')} text={t('retention.noneText')} />
      )}
      {items.length > 0 && (
        <Panel flush>
          <ul className={classes.list}>
            {items.map((item) => (
              <Row key={item.document.document_id} item={item} />
            ))}
          </ul>
        </Panel>
      )}
      {purgeable.hasNextPage && (
        <Button
          variant="default"
          loading={purgeable.isFetchingNextPage}
          onClick={() => void purgeable.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
      <Holds />
    </Page>
  );
}

function usePurgeable() {
  return useInfiniteQuery({
    queryKey: [...listPurgeableQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listPurgeable({ query: { cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function Export() {
  const t = useT();
  const save = useMutation({
    mutationFn: async () => {
      const { data } = await exportPurgeable({ parseAs: 'blob' });
      const url = URL.createObjectURL(data);
      const link = document.createElement('a');
      link.href = url;
      link.download = 'purgeable.csv';
      link.click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <Button
      variant="default"
      loading={save.isPending}
      leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
      onClick={() => save.mutate()}
    >
      {t('retention.export')}
    </Button>
  );
}

function Row({ item: { driver, document } }: { item: Purgeable }) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const { date } = useFormats();
  const titles = useTitles();
  const [asked, setAsked] = useState(false);
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <b>{document.file_name}</b>
        <span className={classes.meta}>{document.requirements.map(titles).join(', ')}</span>
      </div>
      <div className={classes.what}>
        <Link to="/drivers/$driverId" params={{ driverId: driver.id }} className={classes.driver}>
          {driver.name} ({driver.employee_id})
        </Link>
        {driver.terminated_on !== null && (
          <span className={classes.meta}>
            {t('retention.left', { date: date(driver.terminated_on) })}
          </span>
        )}
      </div>
      <span>
        {document.kept_until && t('retention.until', { date: date(document.kept_until) })}
      </span>
      {may(me, 'retention:manage') && (
        <Button
          size="xs"
          variant="default"
          aria-label={t('retention.purgeOf', { file: document.file_name })}
          onClick={() => setAsked(true)}
        >
          {t('retention.purge')}
        </Button>
      )}
      {asked && (
        <ReasonDialog
          title={t('retention.purgeTitle')}
          text={t('retention.purgeText', { file: document.file_name, name: driver.name })}
          submit={t('retention.purge')}
          done={t('retention.purged')}
          onClose={() => setAsked(false)}
          onSubmit={async (reason) => {
            await purgeDocument({
              path: { document_id: document.document_id },
              body: { reason },
            });
            await queries.invalidateQueries({ queryKey: listPurgeableQueryKey() });
          }}
        />
      )}
    </li>
  );
}

function Holds() {
  const t = useT();
  const holds = useQuery(listLegalHoldsOptions());
  return (
    <Panel title={t('retention.holds')} flush>
      {holds.data?.items.length === 0 && <p className={classes.empty}>{t('retention.noHolds')}</p>}
      <ul className={classes.list}>
        {holds.data?.items.map((hold) => (
          <HoldRow key={hold.id} hold={hold} />
        ))}
      </ul>
    </Panel>
  );
}

function HoldRow({ hold }: { hold: LegalHold }) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const { date } = useFormats();
  const [asked, setAsked] = useState(false);
  const what = hold.file_name ?? t('retention.wholeFile');
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Link
          to="/drivers/$driverId"
          params={{ driverId: hold.driver_id }}
          className={classes.driver}
        >
          {hold.driver_name}
        </Link>
        <span className={classes.meta}>{what}</span>
      </div>
      <span className={classes.reason}>{hold.reason}</span>
      <span className={classes.meta}>
        {t('retention.heldSince', {
          date: date(hold.set_at.slice(0, 10)),
          name: hold.set_by_name ?? '–',
        })}
      </span>
      {may(me, 'retention:manage') && (
        <Button
          size="xs"
          variant="default"
          aria-label={t('retention.liftOf', { name: hold.driver_name })}
          onClick={() => setAsked(true)}
        >
          {t('retention.lift')}
        </Button>
      )}
      {asked && (
        <ReasonDialog
          title={t('retention.liftTitle')}
          text={t('retention.liftText', { name: hold.driver_name, what, reason: hold.reason })}
          submit={t('retention.lift')}
          done={t('retention.lifted')}
          onClose={() => setAsked(false)}
          onSubmit={async (reason) => {
            await liftLegalHold({ path: { hold_id: hold.id }, body: { reason } });
            await queries.invalidateQueries({ queryKey: listLegalHoldsQueryKey() });
          }}
        />
      )}
    </li>
  );
}
