import { Link } from '@tanstack/react-router';
import type { LogEntry } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import classes from './logs.module.css';
import { clock } from './units';

const SIGNS: Partial<Record<LogEntry['level'], GlyphName>> = {
  warning: 'expiring',
  error: 'blocked',
  critical: 'overdue',
};

interface LogLinesProps {
  lines: readonly LogEntry[];
  /** Leads to the trace of each line. */
  linked?: boolean;
}

/** Log lines: when, where from, how bad, and what it says. */
export function LogLines({ lines, linked = false }: LogLinesProps) {
  const t = useT();
  return (
    <ol className={classes.logs}>
      {lines.map((line, index) => {
        const sign = SIGNS[line.level];
        return (
          <li key={index} className={classes.line} data-level={line.level}>
            <span className={classes.meta}>
              <span>{line.at === null ? '–' : clock(line.at)}</span>
              <span>{line.part}</span>
              {sign !== undefined && (
                <span className={classes.level}>
                  <Glyph name={sign} size={12} />
                  {t(`operations.level.${line.level}`)}
                </span>
              )}
              {linked && line.trace_id !== null && (
                <Link to="/operations/traces/$traceId" params={{ traceId: line.trace_id }}>
                  {t('operations.log.trace')}
                </Link>
              )}
            </span>
            <span className={classes.message}>{line.message}</span>
          </li>
        );
      })}
    </ol>
  );
}
