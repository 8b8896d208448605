import type { FileItemOut } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { basis } from './bars';
import { useFile } from './context';
import classes from './rows.module.css';

type WhenKey =
  `driverFile.when.${'through' | 'was' | 'once' | 'due' | 'wasDue' | 'review' | 'since'}`;

interface Words {
  text: string;
  hint?: string | undefined;
}

/** The date that matters in a row, and how far away it is. The bar beside it shows the same to the eye. */
export function When({ item }: { item: FileItemOut }) {
  const { text, hint } = useWords(item);
  return (
    <div className={classes.when}>
      <p className={classes.whenText}>{text}</p>
      {hint !== undefined && <p className={classes.whenHint}>{hint}</p>}
    </div>
  );
}

function useWords(item: FileItemOut): Words {
  const t = useT();
  const { date, distance } = useFormats();
  const { as_of } = useFile().file;
  /** A day, and beneath it what happens on it and how far away it is. */
  const dated = (key: WhenKey, day: string | null | undefined): Words =>
    day === null || day === undefined
      ? { text: t(`state.${item.state}`) }
      : {
          text: date(day, { asOf: as_of }),
          hint: t(key, { distance: distance(as_of, day) }),
        };
  const rest = basis(item);
  switch (item.state) {
    case 'valid':
    case 'expiring':
      return item.valid_until === null
        ? dated('driverFile.when.once', rest?.obtained_on)
        : dated('driverFile.when.through', item.valid_until);
    case 'expired':
      return dated('driverFile.when.was', item.valid_until);
    case 'due':
      return dated('driverFile.when.due', item.due_on);
    case 'overdue':
      return dated('driverFile.when.wasDue', item.due_on);
    case 'missing':
      return { text: t('driverFile.when.never'), hint: t('driverFile.when.neverHint') };
    case 'pending_review':
      return dated('driverFile.when.review', rest?.obtained_on);
    case 'blocked':
      return dated('driverFile.when.since', rest?.obtained_on);
    case 'unknown':
      return { text: t('driverFile.when.fact'), hint: t('driverFile.when.factHint') };
    case 'not_applicable':
      return { text: '' };
  }
}
