import { Button, Select, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listAuditEntries } from '@/api';
import { listAuditEntriesQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { DateField } from '@/ui/date/DateField';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { GROUPS } from './actions';
import classes from './audit.module.css';
import { AuditRow } from './AuditRow';
import { ExportLog } from './ExportLog';
import type { AuditFilters } from './filters';
import { PersonField } from './PersonField';
import { VerifyChain } from './VerifyChain';

const route = getRouteApi('/shell/audit');

export function AuditPage() {
  const t = useT();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useAudit(filters);
  const change = (next: AuditFilters) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const items = entries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')} actions={<Actions filters={filters} />}>
      <Filters filters={filters} onChange={change} />
      {entries.isError && <Trouble error={entries.error} onRetry={() => void entries.refetch()} />}
      {entries.isPending && <Skeleton height={560} radius="lg" />}
      {entries.data && items.length === 0 && (
        <Blank title={t('audit.none')} text={t('audit.noneText')} />
      )}
      {items.length > 0 && (
        <Panel flush>
          <ol>
            {items.map((entry) => (
              <AuditRow key={entry.seq} entry={entry} onNarrow={change} />
            ))}
          </ol>
        </Panel>
      )}
      {entries.hasNextPage && (
        <Button
          variant="default"
          className={classes.more}
          loading={entries.isFetchingNextPage}
          onClick={() => void entries.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
    </Page>
  );
}

function Actions({ filters }: { filters: AuditFilters }) {
  return (
    <>
      <VerifyChain />
      <ExportLog filters={filters} />
    </>
  );
}

function useAudit(filters: AuditFilters) {
  return useInfiniteQuery({
    queryKey: [...listAuditEntriesQueryKey({ query: filters }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listAuditEntries({
          query: { ...filters, cursor: pageParam },
          signal,
          throwOnError: true,
        })
      ).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

interface FiltersProps {
  filters: AuditFilters;
  onChange: (next: AuditFilters) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  const t = useT();
  const narrowed = [
    filters.actor !== undefined && t('audit.thisPerson'),
    filters.subject !== undefined && t('audit.thisSubject'),
  ].filter((part) => part !== false);
  return (
    <search className={classes.filters}>
      <Select
        label={t('audit.about')}
        value={filters.action ?? ''}
        onChange={(value) => {
          onChange({ action: value || undefined });
        }}
        data={[
          { value: '', label: t('audit.anything') },
          ...GROUPS.map((group) => ({ value: `${group}.*`, label: t(`audit.group.${group}`) })),
        ]}
      />
      <PersonField
        value={filters.person ?? ''}
        onChange={(person) => {
          onChange({ person: person || undefined });
        }}
      />
      <DateField
        label={t('audit.from')}
        value={filters.from}
        max={filters.to}
        onChange={(from) => {
          onChange({ from });
        }}
      />
      <DateField
        label={t('audit.to')}
        value={filters.to}
        min={filters.from}
        onChange={(to) => {
          onChange({ to });
        }}
      />
      {narrowed.length > 0 && (
        <Button
          variant="default"
          onClick={() => {
            onChange({ actor: undefined, subject: undefined });
          }}
        >
          {t('audit.filteredBy', { what: narrowed.join(', ') })} – {t('audit.clear')}
        </Button>
      )}
    </search>
  );
}
