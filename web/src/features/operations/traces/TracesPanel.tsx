import { Button, SegmentedControl, Skeleton, Table, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { listTracesOptions } from '@/api/@tanstack/react-query.gen';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { KEPT, traceIdIn, type Kept } from '../search';
import { TraceRow } from './TraceRow';
import classes from './traces.module.css';

interface TracesPanelProps {
  kept: Kept | undefined;
  paused: boolean;
  onKept: (kept: Kept | undefined) => void;
}

/** Requests, jobs and calls that were kept, and the way to one by its reference. */
export function TracesPanel({ kept, paused, onKept }: TracesPanelProps) {
  const t = useT();
  const traces = useQuery({
    ...listTracesOptions({
      query: {
        limit: 12,
        failed: kept === 'failed' || undefined,
        slow: kept === 'slow' || undefined,
      },
    }),
    refetchInterval: paused ? false : 10_000,
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
  const items = traces.data?.items ?? [];
  return (
    <Panel
      flush
      title={t('operations.traces')}
      aside={
        <SegmentedControl
          aria-label={t('operations.traces.which')}
          value={kept ?? 'all'}
          data={['all' as const, ...KEPT].map((value) => ({
            value,
            label: t(`operations.traces.${value}`),
          }))}
          onChange={(value) => {
            onKept(oneOf(KEPT, value));
          }}
        />
      }
    >
      <Find />
      {traces.isPending && <Skeleton height={360} m="md" />}
      {traces.isError && !traces.data && (
        <Trouble error={traces.error} onRetry={() => void traces.refetch()} />
      )}
      {traces.data && items.length === 0 && (
        <p className={classes.none}>{t('operations.traces.none')}</p>
      )}
      {items.length > 0 && (
        <Table className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {(['what', 'parts', 'when', 'took'] as const).map((column) => (
                <Table.Th key={column} scope="col" ta={column === 'took' ? 'right' : undefined}>
                  {t(`operations.traces.${column}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((trace) => (
              <TraceRow key={trace.trace_id} trace={trace} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

/** Somebody reads us a reference from an error message: paste it, whatever stands around it. */
function Find() {
  const t = useT();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const go = (event: SyntheticEvent) => {
    event.preventDefault();
    const traceId = traceIdIn(text);
    setWrong(traceId === undefined);
    if (traceId !== undefined) {
      void navigate({ to: '/operations/traces/$traceId', params: { traceId } });
    }
  };
  return (
    <search>
      <form className={classes.find} onSubmit={go} noValidate>
        <TextInput
          className={classes.reference}
          label={t('operations.traces.reference')}
          placeholder={t('operations.traces.example')}
          value={text}
          error={wrong && t('operations.traces.wrong')}
          leftSection={<IconSearch size={18} stroke={1.7} aria-hidden />}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Button type="submit" variant="default">
          {t('operations.traces.find')}
        </Button>
      </form>
    </search>
  );
}
