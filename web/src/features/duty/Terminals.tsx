import { Link } from '@tanstack/react-router';
import type { TerminalSummary } from '@/api';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import classes from './duty.module.css';

interface TerminalsProps {
  terminals: TerminalSummary[];
  asOf: PlainDate | undefined;
}

/** One line a terminal, comparable at a glance: the bar is the share that can't drive. */
export function Terminals({ terminals, asOf }: TerminalsProps) {
  const t = useT();
  const { number } = useFormats();
  return (
    <Panel flush title={t('duty.terminals')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('duty.terminal')}</th>
            <th scope="col">{t('duty.canDrive')}</th>
            <th scope="col" className={classes.figure}>
              {t('duty.in30')}
            </th>
            <th scope="col" className={classes.figure}>
              {t('duty.in90')}
            </th>
          </tr>
        </thead>
        <tbody>
          {terminals.map((terminal) => (
            <tr key={terminal.id}>
              <th scope="row">
                <Link
                  to="/drivers"
                  search={{ terminal: terminal.id, as_of: asOf }}
                  className={classes.cellLink}
                >
                  {terminal.name}
                </Link>
              </th>
              <td>
                <Share part={terminal.cannot_drive} whole={terminal.drivers} />
              </td>
              <td className={classes.figure}>{number(terminal.due.d30)}</td>
              <td className={classes.figure}>{number(terminal.due.d90)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Share({ part, whole }: { part: number; whole: number }) {
  const t = useT();
  const { number } = useFormats();
  return (
    <div className={classes.share}>
      <span className={classes.shareFigure}>
        <b>{number(part)}</b> {t('duty.ofAll', { all: whole })}
      </span>
      <svg
        className={classes.shareBar}
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect width="100" height="6" className={classes.shareTrack} />
        <rect
          width={whole === 0 ? 0 : Math.max(part === 0 ? 0 : 2, (part / whole) * 100)}
          height="6"
          className={classes.sharePart}
        />
      </svg>
    </div>
  );
}
