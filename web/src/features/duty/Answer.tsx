import { Link } from '@tanstack/react-router';
import type { SummaryOut } from '@/api';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import classes from './duty.module.css';

interface AnswerProps {
  summary: SummaryOut;
  asOf: PlainDate | undefined;
}

/** The one number that matters, on a plate like a regulatory sign. */
export function Answer({ summary, asOf }: AnswerProps) {
  const t = useT();
  const { number, date } = useFormats();
  const { drivers, cannot_drive: cannot, due } = summary;
  const clear = cannot === 0;
  const day =
    asOf === undefined
      ? t('duty.when.today')
      : t('duty.when.day', { date: date(asOf, { length: 'long' }) });
  return (
    <section className={classes.answer} aria-label={t('duty.title')}>
      <Link
        to="/drivers"
        search={{ may_drive: clear ? 'yes' : 'no', as_of: asOf }}
        className={classes.verdict}
        data-clear={clear || undefined}
      >
        <span className={classes.plate}>
          {clear ? <Glyph name="valid" size={48} /> : number(cannot)}
        </span>
        <span>
          <span className={classes.sentence}>
            {!clear && <>{t('duty.ofAll', { all: drivers })} </>}
            {t('duty.cannot', { count: cannot })} {day}
          </span>
          <span className={classes.sub}>
            <span>{date(summary.as_of, { length: 'long', asOf: summary.as_of })}</span>
            <span>{t('duty.mayDrive', { count: drivers - cannot })}</span>
          </span>
        </span>
      </Link>
      <div className={classes.due} title={t('duty.dueHint')}>
        <p className={classes.dueTitle}>{t('duty.dueTitle')}</p>
        <dl className={classes.dueCells}>
          {([30, 60, 90] as const).map((days) => (
            <div key={days} className={classes.dueCell}>
              <dt className={classes.dueLabel}>{t('duty.dueIn', { days })}</dt>
              <dd className={classes.dueCount}>{number(due[`d${days}`])}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
