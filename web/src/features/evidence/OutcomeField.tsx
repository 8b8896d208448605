import { Radio } from '@mantine/core';
import { lookUp } from '@/i18n';
import { useT } from '@/i18n/react';
import { needsOutcome } from './form';
import classes from './evidence.module.css';

interface OutcomeFieldProps {
  outcomes: readonly string[];
  value: string;
  error: string | undefined;
  onChange: (outcome: string) => void;
}

/** What the paper says. For records where an entry is the exception, "nothing to report" is the first answer. */
export function OutcomeField({ outcomes, value, error, onChange }: OutcomeFieldProps) {
  const t = useT();
  const required = needsOutcome(outcomes);
  const known = outcomes.map((key) => ({ key, label: lookUp(`evidence.outcome.${key}`) ?? key }));
  const choices = required ? known : [{ key: '', label: t('evidence.record.noOutcome') }, ...known];
  return (
    <Radio.Group
      label={t('evidence.record.outcome')}
      description={required ? undefined : t('evidence.record.outcomeHint')}
      required={required}
      value={value}
      error={error}
      onChange={onChange}
    >
      <div className={classes.choices}>
        {choices.map((choice) => (
          <Radio key={choice.key} value={choice.key} label={choice.label} />
        ))}
      </div>
    </Radio.Group>
  );
}
