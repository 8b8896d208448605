import { Link } from '@tanstack/react-router';
import type { DueCount } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import classes from './duty.module.css';

const SHOWN = 6;

/** What to prepare for: the requirements with most due within 90 days. */
export function MostDue({ counts }: { counts: DueCount[] }) {
  const t = useT();
  const { number } = useFormats();
  const shown = counts.filter((count) => count.d90 > 0).slice(0, SHOWN);
  if (shown.length === 0) return null;
  return (
    <Panel flush title={t('duty.byRequirement')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('duty.requirement')}</th>
            <th scope="col" className={classes.figure}>
              {t('duty.in30')}
            </th>
            <th scope="col" className={classes.figure}>
              {t('duty.in60')}
            </th>
            <th scope="col" className={classes.figure}>
              {t('duty.in90')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((count) => (
            <tr key={count.requirement}>
              <th scope="row">
                <Link
                  to="/drivers"
                  search={{ requirement: count.requirement, sort: 'next_due' }}
                  className={classes.cellLink}
                >
                  {count.title}
                </Link>
              </th>
              <td className={classes.figure}>{number(count.d30)}</td>
              <td className={classes.figure}>{number(count.d60)}</td>
              <td className={classes.figure}>{number(count.d90)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
