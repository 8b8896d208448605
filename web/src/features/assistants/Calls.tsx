import { Button, Skeleton, Table } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listAssistantCalls, type AssistantCall } from '@/api';
import { listAssistantCallsQueryKey } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT, type Translator } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './assistants.module.css';
import { visible } from './definition';
import { outcomeOf, spent } from './words';

/** What assistants did lately: everybody's for who may read the audit log, else one's own. */
export default function Calls() {
  const t = useT();
  const mayAudit = may(useMe(), 'audit:read');
  const calls = useCalls();
  const items = calls.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Panel title={t('assistants.calls.title')} aside={mayAudit && <ToAudit />} flush>
        {calls.isPending && <Skeleton height={400} m="md" />}
        {calls.isError && (
          <div className={classes.inset}>
            <Trouble error={calls.error} onRetry={() => void calls.refetch()} />
          </div>
        )}
        {calls.data && items.length === 0 && (
          <Blank title={t('assistants.calls.none')} text={t('assistants.calls.noneText')} />
        )}
        {items.length > 0 && <Rows calls={items} />}
      </Panel>
      {calls.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            loading={calls.isFetchingNextPage}
            onClick={() => void calls.fetchNextPage()}
          >
            {t('action.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function useCalls() {
  return useInfiniteQuery({
    queryKey: [...listAssistantCallsQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listAssistantCalls({ query: { cursor: pageParam }, signal, throwOnError: true })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function ToAudit() {
  const t = useT();
  return (
    <Button
      variant="default"
      renderRoot={(props) => <Link {...props} to="/audit" search={{ action: 'assistant.*' }} />}
      leftSection={<IconHistory size={18} stroke={1.7} aria-hidden />}
    >
      {t('assistants.calls.audit')}
    </Button>
  );
}

const COLUMNS = ['when', 'tool', 'outcome', 'who', 'client', 'took'] as const;

function Rows({ calls }: { calls: readonly AssistantCall[] }) {
  const t = useT();
  return (
    <Table className={classes.calls} aria-label={t('assistants.calls.title')}>
      <Table.Thead>
        <Table.Tr>
          {COLUMNS.map((column) => (
            <Table.Th key={column} className={column === 'took' ? classes.right : undefined}>
              {t(`assistants.calls.${column}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {calls.map((call) => (
          <Row key={call.seq} call={call} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ call }: { call: AssistantCall }) {
  const t = useT();
  const { words, tone, glyph } = outcomeOf(call);
  return (
    <Table.Tr>
      <Table.Td data-column="when">
        <time dateTime={call.at}>{formatInstant(call.at, intlTag())}</time>
      </Table.Td>
      <Table.Td data-column="tool">
        <span className={classes.strong}>{visible(call.tool)}</span>{' '}
        <span className={classes.soft}>{call.upstream}</span>
      </Table.Td>
      <Table.Td data-column="outcome">
        <Tag tone={tone} sign={<Glyph name={glyph} size={14} />}>
          {words}
        </Tag>
        {call.count > 1 && (
          <span className={classes.soft}>
            {' '}
            {t('assistants.calls.times', { count: call.count })}
          </span>
        )}
      </Table.Td>
      <Table.Td data-column="who">{call.user?.name ?? t('audit.removed')}</Table.Td>
      <Table.Td data-column="client">{visible(call.client_name)}</Table.Td>
      <Table.Td data-column="took" className={classes.right}>
        {took(call, t)}
      </Table.Td>
    </Table.Tr>
  );
}

function took({ duration_ms: ms }: AssistantCall, t: Translator): string {
  if (ms === null) return '–';
  const { unit, value } = spent(ms);
  return unit === 'ms'
    ? t('assistants.calls.ms', { ms: value })
    : t('assistants.calls.seconds', { seconds: value });
}
