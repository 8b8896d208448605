import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TraceSummary } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { clock, milliseconds } from '../units';
import classes from './traces.module.css';

export function TraceRow({ trace }: { trace: TraceSummary }) {
  const t = useT();
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Link
          to="/operations/traces/$traceId"
          params={{ traceId: trace.trace_id }}
          className={classes.name}
        >
          {trace.failed && (
            <span className={classes.failed}>
              <Glyph name="blocked" size={14} />
              {t('operations.traces.didFail')}
            </span>
          )}
          {trace.name}
        </Link>
      </Table.Th>
      <Table.Td className={classes.soft}>{trace.parts.join(', ')}</Table.Td>
      <Table.Td className={classes.soft}>{clock(trace.started_at)}</Table.Td>
      <Table.Td ta="right" className={classes.took}>
        {milliseconds(trace.duration_ms)}
      </Table.Td>
    </Table.Tr>
  );
}
