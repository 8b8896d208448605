import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { RosterImport } from '@/api';
import { useT } from '@/i18n/react';
import { isBehind, STEPS, type ChosenStep, type Step } from './steps';
import classes from './steps.module.css';

interface StepListProps {
  now: Step;
  job: RosterImport;
  onGo: (step: ChosenStep | undefined) => void;
}

/** Where the import stands. During the preview the steps behind lead back. */
export function StepList({ now, job, onGo }: StepListProps) {
  const t = useT();
  const open = now === 'columns' || now === 'rows' || now === 'confirm';
  return (
    <ol className={classes.steps} aria-label={t('roster.steps')}>
      {STEPS.map((step, index) => {
        const behind = isBehind(step, now) || (now === 'result' && job.state === 'done');
        const back = open && isBehind(step, now) && step !== 'file';
        const content = (
          <>
            <span className={classes.knot} data-behind={behind}>
              {behind ? <IconCheck size={16} stroke={2.4} aria-hidden /> : index + 1}
            </span>
            <span className={classes.name}>{t(`roster.step.${step}`)}</span>
          </>
        );
        return (
          <li
            key={step}
            className={classes.step}
            data-now={step === now}
            data-behind={behind}
            aria-current={step === now ? 'step' : undefined}
          >
            {back ? (
              <UnstyledButton
                className={classes.back}
                onClick={() => onGo(step === 'columns' ? undefined : (step as ChosenStep))}
              >
                {content}
              </UnstyledButton>
            ) : (
              <span className={classes.back}>{content}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
