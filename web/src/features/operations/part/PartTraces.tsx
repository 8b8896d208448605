import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listTracesOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { clock, milliseconds } from '../units';
import classes from './part.module.css';

/** The last requests, jobs and calls that touched it and were kept. */
export function PartTraces({ name }: { name: string }) {
  const t = useT();
  const traces = useQuery({
    ...listTracesOptions({ query: { part: name, limit: 6 } }),
    refetchInterval: 10_000,
  });
  const items = traces.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>{t('operations.traces')}</h3>
      <ul className={classes.rows}>
        {items.map((trace) => (
          <li key={trace.trace_id}>
            <Link
              to="/operations/traces/$traceId"
              params={{ traceId: trace.trace_id }}
              className={classes.trace}
            >
              <span data-failed={trace.failed || undefined}>
                {trace.failed && <Glyph name="blocked" size={14} />} {trace.name}
              </span>
              <span className={classes.soft}>
                {clock(trace.started_at)}, {milliseconds(trace.duration_ms)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
