import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import type { StepProps } from './ImportPage';
import classes from './outcome.module.css';

/** What will happen, before it does. */
export function ConfirmStep({ job, change, onGo }: StepProps) {
  const t = useT();
  const ready = job.total - job.skipped;
  const lines = [
    t('roster.confirm.known'),
    t('roster.confirm.empty'),
    t('roster.confirm.terminals'),
    ...(job.skipped > 0 ? [t('roster.confirm.skipped', { count: job.skipped })] : []),
    ...job.notes,
  ];
  return (
    <Panel>
      <div className={classes.confirm}>
        <h2 className={classes.confirmTitle}>{t('roster.confirm.title', { count: ready })}</h2>
        <ul className={classes.lines}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <div className={classes.confirmFoot}>
          <Button
            variant="default"
            size="md"
            leftSection={<IconArrowLeft size={18} stroke={1.9} aria-hidden />}
            onClick={() => onGo('rows')}
          >
            {t('roster.confirm.back')}
          </Button>
          <Button
            color="amber"
            size="md"
            loading={change.isPending && change.variables.kind === 'confirm'}
            onClick={() => change.mutate({ kind: 'confirm' })}
          >
            {t('roster.confirm.do', { count: ready })}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
