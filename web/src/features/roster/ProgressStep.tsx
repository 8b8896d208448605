import { Progress } from '@mantine/core';
import type { RosterImport } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import own from './outcome.module.css';
import classes from './roster.module.css';

/** A running job: how far it is, in words too, and that nobody has to wait here. */
export function ProgressStep({ job }: { job: RosterImport }) {
  const t = useT();
  const { number } = useFormats();
  const percent = Math.round(job.progress * 100);
  const writing = job.state === 'importing' || !job.dry_run;
  const words =
    job.state === 'queued'
      ? t('roster.progress.queued')
      : t(writing ? 'roster.progress.importing' : 'roster.progress.reading');
  return (
    <div className={own.progress}>
      <h2 className={own.confirmTitle}>{words}</h2>
      <p className={own.percent} aria-hidden="true">
        {t('roster.progress.percent', { percent })}
      </p>
      <Progress
        value={percent}
        size="lg"
        color="amber"
        animated={job.state !== 'queued'}
        aria-label={words}
      />
      {/* Every tenth of the way is said aloud, not every answer of the server. */}
      <p role="status" className={classes.soft}>
        {t('roster.progress.said', { percent: Math.floor(percent / 10) * 10 })}
      </p>
      {writing && job.imported > 0 && (
        <p>{t('roster.progress.rows', { done: number(job.imported), total: number(job.total) })}</p>
      )}
      <p className={classes.soft}>{t('roster.progress.leave')}</p>
    </div>
  );
}
