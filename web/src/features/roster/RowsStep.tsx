import { Button } from '@mantine/core';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { ErrorTable } from './ErrorTable';
import { ProgressStep } from './ProgressStep';
import { isRunning } from './steps';
import type { StepProps } from './ImportPage';
import classes from './roster.module.css';

/** What the file holds row by row: how many can be imported, and what is wrong with the others. */
export function RowsStep({ job, onGo }: StepProps) {
  const t = useT();
  if (isRunning(job)) {
    return (
      <Panel>
        <ProgressStep job={job} />
      </Panel>
    );
  }
  const ready = job.total - job.skipped;
  return (
    <Panel title={t('roster.rows.title')} flush>
      <Tally total={job.total} ready={ready} skipped={job.skipped} />
      {job.problem !== null && (
        <p className={classes.problem} role="alert">
          <Glyph name="missing" size={18} />
          {job.problem}
        </p>
      )}
      <ErrorTable job={job} />
      <div className={classes.foot}>
        <Button
          variant="default"
          size="md"
          leftSection={<IconArrowLeft size={18} stroke={1.9} aria-hidden />}
          onClick={() => onGo(undefined)}
        >
          {t('roster.rows.back')}
        </Button>
        <Button
          color="amber"
          size="md"
          rightSection={<IconArrowRight size={18} stroke={1.9} aria-hidden />}
          disabled={ready === 0 || job.problem !== null}
          onClick={() => onGo('confirm')}
        >
          {t('roster.rows.next')}
        </Button>
      </div>
    </Panel>
  );
}

interface TallyProps {
  total: number;
  ready: number;
  skipped: number;
}

function Tally({ total, ready, skipped }: TallyProps) {
  const t = useT();
  const { number } = useFormats();
  const figures = [
    { name: t('roster.rows.ready'), value: ready, tone: 'ok' },
    { name: t('roster.rows.wrong'), value: skipped, tone: skipped > 0 ? 'stop' : 'muted' },
    { name: t('roster.rows.total'), value: total, tone: 'muted' },
  ];
  return (
    <dl className={classes.tally}>
      {figures.map((figure) => (
        <div key={figure.name} data-tone={figure.tone}>
          <dt>{figure.name}</dt>
          <dd>{number(figure.value)}</dd>
        </div>
      ))}
    </dl>
  );
}
