import { Button, Skeleton, Table, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listAssistantTranscript, type TranscriptEntry } from '@/api';
import { listAssistantTranscriptQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { Tag } from '@/ui/status/Tag';
import classes from './assistants.module.css';
import { visible } from './definition';
import { TranscriptDrawer } from './TranscriptDrawer';
import { outcomeOf } from './words';

/** What assistants asked and were told, for administrators: the calls of 30 days, each to be opened. */
export default function Transcript() {
  const t = useT();
  const [opened, setOpened] = useState<TranscriptEntry | null>(null);
  const transcript = useTranscript();
  const items = transcript.data?.pages.flatMap((page) => page.items) ?? [];
  const mode = transcript.data?.pages[0]?.mode;
  return (
    <>
      <Panel title={t('assistants.transcript.title')} flush>
        {mode !== undefined && (
          <p className={classes.insetLead}>{t(`assistants.transcript.lead.${mode}`)}</p>
        )}
        {transcript.isPending && <Skeleton height={400} m="md" />}
        {transcript.isError && (
          <div className={classes.inset}>
            <Trouble error={transcript.error} onRetry={() => void transcript.refetch()} />
          </div>
        )}
        {transcript.isSuccess && items.length === 0 && (
          <Blank
            title={t('assistants.transcript.none')}
            text={t('assistants.transcript.noneText')}
          />
        )}
        {items.length > 0 && <Rows calls={items} onOpen={setOpened} />}
      </Panel>
      {transcript.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            loading={transcript.isFetchingNextPage}
            onClick={() => void transcript.fetchNextPage()}
          >
            {t('action.more')}
          </Button>
        </div>
      )}
      <TranscriptDrawer call={opened} onClose={() => setOpened(null)} />
    </>
  );
}

function useTranscript() {
  return useInfiniteQuery({
    queryKey: [...listAssistantTranscriptQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listAssistantTranscript({ query: { cursor: pageParam }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

const COLUMNS = ['when', 'tool', 'outcome', 'who', 'client'] as const;

interface RowsProps {
  calls: readonly TranscriptEntry[];
  onOpen: (call: TranscriptEntry) => void;
}

function Rows({ calls, onOpen }: RowsProps) {
  const t = useT();
  return (
    <Table className={classes.calls} aria-label={t('assistants.transcript.title')}>
      <Table.Thead>
        <Table.Tr>
          {COLUMNS.map((column) => (
            <Table.Th key={column}>{t(`assistants.calls.${column}`)}</Table.Th>
          ))}
          <Table.Th className={classes.right}>
            <VisuallyHidden>{t('action.open')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {calls.map((call) => (
          <Row key={call.id} call={call} onOpen={() => onOpen(call)} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ call, onOpen }: { call: TranscriptEntry; onOpen: () => void }) {
  const t = useT();
  const { words, tone, glyph } = outcomeOf(call);
  return (
    <Table.Tr>
      <Table.Td data-column="when">
        <time dateTime={call.at}>{formatInstant(call.at, intlTag())}</time>
      </Table.Td>
      <Table.Td data-column="tool">
        <span className={classes.strong}>{visible(call.tool)}</span>{' '}
        <span className={classes.soft}>{call.upstream ?? t('assistants.transcript.own')}</span>
      </Table.Td>
      <Table.Td data-column="outcome">
        <Tag tone={tone} sign={<Glyph name={glyph} size={14} />}>
          {words}
        </Tag>
      </Table.Td>
      <Table.Td data-column="who">{call.user?.name ?? t('audit.removed')}</Table.Td>
      <Table.Td data-column="client">{visible(call.client_name)}</Table.Td>
      <Table.Td data-column="took" className={classes.right}>
        <Button
          variant="default"
          aria-haspopup="dialog"
          aria-label={t('assistants.transcript.open', { tool: call.tool })}
          onClick={onOpen}
        >
          {t('action.open')}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
