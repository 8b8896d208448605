import type { FileItemOut } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { basis } from './bars';
import { useFile } from './context';
import classes from './rows.module.css';

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
  const dated = (
    key:
      | 'driverFile.when.through'
      | 'driverFile.when.was'
      | 'driverFile.when.due'
      | 'driverFile.when.wasDue',
    day: string | null,
  ): Words | null =>
    day === null
      ? null
      : { text: t(key, { date: date(day, { asOf: as_of }) }), hint: distance(as_of, day) };
  const rest = basis(item, as_of);
  switch (item.state) {
    case 'valid':
    case 'expiring':
      return (
        dated('driverFile.when.through', item.valid_until) ?? {
          text: t('driverFile.when.once'),
          hint: rest && t('driverFile.when.sent', { date: date(rest.obtained_on) }),
        }
      );
    case 'expired':
      return dated('driverFile.when.was', item.valid_until) ?? { text: t('state.expired') };
    case 'due':
      return dated('driverFile.when.due', item.due_on) ?? { text: t('state.due') };
    case 'overdue':
      return dated('driverFile.when.wasDue', item.due_on) ?? { text: t('state.overdue') };
    case 'missing':
      return { text: t('driverFile.when.never'), hint: t('driverFile.when.neverHint') };
    case 'pending_review':
      return {
        text: t('driverFile.when.review'),
        hint: rest && t('driverFile.when.sent', { date: date(rest.obtained_on) }),
      };
    case 'blocked':
      return {
        text: t('driverFile.when.blocked'),
        hint: rest && t('driverFile.when.since', { date: date(rest.obtained_on) }),
      };
    case 'unknown':
      return { text: t('driverFile.when.fact') };
    case 'not_applicable':
      return { text: '' };
  }
}
