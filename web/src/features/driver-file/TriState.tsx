import { SegmentedControl } from '@mantine/core';
import { useId } from 'react';
import { useT } from '@/i18n/react';
import classes from './facts.module.css';

interface TriStateProps {
  label: string;
  /** Null: nobody knows. */
  value: boolean | null;
  onChange: (value: boolean | null) => void;
}

const VALUES = { yes: true, no: false, unknown: null } as const;

/** Yes, no, or not known: the third answer is as good as the others, and looks so. */
export function TriState({ label, value, onChange }: TriStateProps) {
  const t = useT();
  const id = useId();
  return (
    <div className={classes.tri}>
      <span id={id}>{label}</span>
      <SegmentedControl
        aria-labelledby={id}
        className={classes.triControl}
        value={value === null ? 'unknown' : value ? 'yes' : 'no'}
        onChange={(chosen) => onChange(VALUES[chosen])}
        data={[
          { value: 'yes' as const, label: t('driverFile.yes') },
          { value: 'no' as const, label: t('driverFile.no') },
          { value: 'unknown' as const, label: t('driverFile.unknown') },
        ]}
      />
    </div>
  );
}
