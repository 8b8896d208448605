import { Button, Select, Table, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { listRosterImportErrors, type RosterError, type RosterImport } from '@/api';
import { listRosterImportErrorsQueryKey } from '@/api/@tanstack/react-query.gen';
import { useFormats, useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Glyph } from '@/ui/status/glyphs';
import { download, errorsCsv } from './errors-csv';
import { columnsOf, fits, type ErrorFilter } from './error-filter';
import classes from './roster.module.css';

const PAGE = 200;

async function errorPage(importId: string, cursor: string, signal?: AbortSignal) {
  const { data } = await listRosterImportErrors({
    path: { import_id: importId },
    query: { limit: PAGE, ...(cursor === '' ? {} : { cursor }) },
    ...(signal ? { signal } : {}),
  });
  return data;
}

async function allErrors(importId: string): Promise<RosterError[]> {
  const found: RosterError[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await errorPage(importId, cursor);
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found;
}

function useErrors(job: RosterImport) {
  return useInfiniteQuery({
    // Each reading of the file has errors of its own.
    queryKey: [...listRosterImportErrorsQueryKey({ path: { import_id: job.id } }), job.finished_at],
    queryFn: ({ pageParam, signal }) => errorPage(job.id, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: job.error_count > 0,
  });
}

/** Every problem of every row, filtered by column and by words, and as a file to work through. */
export function ErrorTable({ job }: { job: RosterImport }) {
  const t = useT();
  const errors = useErrors(job);
  const [filter, setFilter] = useState<ErrorFilter>({ column: null, words: '' });
  const loaded = errors.data?.pages.flatMap((page) => page.items) ?? job.errors;
  const shown = loaded.filter((error) => fits(error, filter));
  if (job.error_count === 0) {
    return (
      <Blank
        title={t('roster.rows.clean')}
        text={t('roster.rows.cleanText')}
        icon={<Glyph name="valid" size={40} />}
      />
    );
  }
  return (
    <>
      <Tools job={job} loaded={loaded} filter={filter} onFilter={setFilter} />
      {errors.isError && (
        <div className={classes.inset}>
          <Trouble error={errors.error} onRetry={() => void errors.refetch()} />
        </div>
      )}
      <Rows errors={shown} />
      <More
        shown={shown.length}
        loaded={loaded.length}
        total={job.error_count}
        loading={errors.isFetchingNextPage}
        onMore={errors.hasNextPage ? () => void errors.fetchNextPage() : undefined}
      />
    </>
  );
}

interface ToolsProps {
  job: RosterImport;
  loaded: readonly RosterError[];
  filter: ErrorFilter;
  onFilter: (filter: ErrorFilter) => void;
}

function Tools({ job, loaded, filter, onFilter }: ToolsProps) {
  const t = useT();
  const save = useMutation({
    mutationFn: () => allErrors(job.id),
    onSuccess: (errors) => {
      const headings = [
        t('roster.error.row'),
        t('roster.error.column'),
        t('roster.error.value'),
        t('roster.error.problem'),
      ];
      download(errorsCsv(errors, headings), `${job.file_name.replace(/\.\w+$/, '')}-errors.csv`);
    },
  });
  const all = '*';
  return (
    <div className={classes.tools}>
      <Select
        aria-label={t('roster.rows.filterColumn')}
        value={filter.column ?? all}
        onChange={(value) => onFilter({ ...filter, column: value === all ? null : value })}
        data={[
          { value: all, label: t('roster.rows.allColumns') },
          ...columnsOf(loaded).map(({ column, count }) => ({
            value: column,
            label: `${column} (${count})`,
          })),
        ]}
      />
      <TextInput
        aria-label={t('roster.rows.find')}
        placeholder={t('roster.rows.find')}
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
        value={filter.words}
        onChange={({ currentTarget }) => onFilter({ ...filter, words: currentTarget.value })}
      />
      <Button
        variant="default"
        leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        {t('roster.rows.download')}
      </Button>
      {save.error !== null && <Trouble error={save.error} onRetry={() => save.mutate()} />}
    </div>
  );
}

function Rows({ errors }: { errors: readonly RosterError[] }) {
  const t = useT();
  const { number } = useFormats();
  return (
    <div className={classes.tableFrame}>
      <Table className={classes.errors} verticalSpacing="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.number}>{t('roster.error.row')}</Table.Th>
            <Table.Th>{t('roster.error.column')}</Table.Th>
            <Table.Th>{t('roster.error.value')}</Table.Th>
            <Table.Th>{t('roster.error.problem')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {errors.map((error) => (
            <Table.Tr key={`${error.row} ${error.column} ${error.problem}`}>
              <Table.Td className={classes.number}>{number(error.row)}</Table.Td>
              <Table.Td>{error.column ?? t('roster.error.wholeRow')}</Table.Td>
              <Table.Td>
                {error.value === null || error.value === '' ? (
                  <span className={classes.soft}>{t('roster.error.empty')}</span>
                ) : (
                  <code className={classes.value}>{error.value}</code>
                )}
              </Table.Td>
              <Table.Td>{error.problem}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface MoreProps {
  shown: number;
  loaded: number;
  total: number;
  loading: boolean;
  onMore: (() => void) | undefined;
}

function More({ shown, loaded, total, loading, onMore }: MoreProps) {
  const t = useT();
  return (
    <div className={classes.more}>
      <p role="status">{t('roster.rows.shown', { shown, loaded, total })}</p>
      {onMore && (
        <Button variant="default" size="xs" loading={loading} onClick={onMore}>
          {t('action.more')}
        </Button>
      )}
    </div>
  );
}
