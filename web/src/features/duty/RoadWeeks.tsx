import { useState } from 'react';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { DayItems } from './DayItems';
import { toWeeks, type Road, type RoadWeek } from './road';
import classes from './road.module.css';

interface RoadWeeksProps {
  road: Road;
  asOf: PlainDate;
  keepsOff: ReadonlySet<string>;
}

/** The road on a phone: a row a week, wide enough for a thumb; it unfolds to the days. */
export function RoadWeeks({ road, asOf, keepsOff }: RoadWeeksProps) {
  const [open, setOpen] = useState<PlainDate | null>(null);
  const weeks = toWeeks(asOf, road.days);
  const most = Math.max(...weeks.map((week) => week.count));
  return (
    <ul className={classes.weeks}>
      {weeks.map((week) => (
        <li key={week.from}>
          <WeekButton
            week={week}
            most={most}
            open={open === week.from}
            onToggle={() => {
              setOpen(open === week.from ? null : week.from);
            }}
          />
          {open === week.from && <WeekDays week={week} asOf={asOf} keepsOff={keepsOff} />}
        </li>
      ))}
    </ul>
  );
}

interface WeekButtonProps {
  week: RoadWeek;
  most: number;
  open: boolean;
  onToggle: () => void;
}

function WeekButton({ week, most, open, onToggle }: WeekButtonProps) {
  const t = useT();
  const { date } = useFormats();
  // The year goes without saying within 90 days.
  const short = (day: PlainDate) => date(day, { length: 'short', asOf: day, weekday: false });
  return (
    <button
      type="button"
      className={classes.week}
      aria-expanded={open}
      disabled={week.count === 0}
      onClick={onToggle}
    >
      <span>
        {t('duty.roadWeek', {
          from: short(week.from),
          to: short(week.to),
        })}
      </span>
      <svg
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        className={classes.weekBar}
        aria-hidden="true"
      >
        <rect width={(week.count / most) * 100} height="8" rx="1" />
      </svg>
      <span className={classes.weekCount}>{t('duty.roadCount', { count: week.count })}</span>
    </button>
  );
}

function WeekDays({ week, asOf, keepsOff }: { week: RoadWeek } & Omit<RoadWeeksProps, 'road'>) {
  const { date } = useFormats();
  return week.days.map((day) => (
    <div key={day.date} className={classes.weekDay}>
      <h3 className={classes.dayTitle}>{date(day.date, { asOf, length: 'long' })}</h3>
      <DayItems day={day} keepsOff={keepsOff} />
    </div>
  ));
}
