import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RosterImport } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { ErrorTable } from './ErrorTable';
import own from './outcome.module.css';
import classes from './roster.module.css';

/** How it ended, what it has changed, and where to see that. */
export function ResultStep({ job }: { job: RosterImport }) {
  const t = useT();
  const done = job.state === 'done';
  const tone = done ? 'ok' : job.state === 'failed' ? 'stop' : 'muted';
  const glyph = done ? 'valid' : job.state === 'failed' ? 'overdue' : 'not_applicable';
  return (
    <>
      <section className={own.result} data-tone={tone} role="status">
        <span className={own.resultSign}>
          <Glyph name={glyph} size={48} />
        </span>
        <div className={own.resultBody}>
          <h2 className={own.resultTitle}>
            {done
              ? t('roster.result.done', { count: job.imported })
              : t(job.state === 'failed' ? 'roster.result.failed' : 'roster.result.cancelled')}
          </h2>
          <Told job={job} />
          {(done || job.imported > 0) && <Counts job={job} />}
          <div className={own.resultFoot}>
            {job.imported > 0 && (
              <Button color="amber" size="md" component={Link} to="/drivers">
                {t('roster.result.drivers')}
              </Button>
            )}
            {job.imported > 0 && (
              <Button variant="default" size="md" component={Link} to="/">
                {t('roster.result.board')}
              </Button>
            )}
            <Button variant="default" size="md" component={Link} to="/imports">
              {t(done ? 'roster.result.another' : 'roster.result.again')}
            </Button>
          </div>
        </div>
      </section>
      {job.error_count > 0 && (
        <Panel title={t('roster.result.errors')} flush>
          <p className={classes.inset}>{t('roster.result.errorsText')}</p>
          <ErrorTable job={job} />
        </Panel>
      )}
    </>
  );
}

/** The server's own words about what went wrong, and what the import did besides. */
function Told({ job }: { job: RosterImport }) {
  const t = useT();
  const kept = job.imported > 0;
  return (
    <>
      {job.problem !== null && <p className={own.told}>{job.problem}</p>}
      {job.state !== 'done' && (
        <p>{t(kept ? 'roster.result.partly' : 'roster.result.nothingWritten')}</p>
      )}
      {job.notes.length > 0 && (
        <ul className={own.lines}>
          {job.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Counts({ job }: { job: RosterImport }) {
  const t = useT();
  const { number } = useFormats();
  const counts: [string, number][] = [
    [t('roster.result.new'), job.imported - job.updated],
    [t('roster.result.updated'), job.updated],
    [t('roster.result.skipped'), job.skipped],
  ];
  return (
    <dl className={own.counts}>
      {counts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
