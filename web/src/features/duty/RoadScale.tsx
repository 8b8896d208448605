import { addDays, type PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { HORIZON } from './road';
import classes from './road.module.css';

const at = (offset: number) => ({ left: `${(offset / (HORIZON + 1)) * 100}%` });

/** The mileposts: a date every fortnight, and the 30, 60 and 90 day lines people plan by. */
export function RoadScale({ asOf }: { asOf: PlainDate }) {
  const t = useT();
  const { date } = useFormats();
  // The year goes without saying within 90 days.
  const post = (day: PlainDate) => date(day, { length: 'short', asOf: day, weekday: false });
  const posts = Array.from({ length: 6 }, (_, index) => (index + 1) * 14);
  return (
    <>
      {([30, 60, 90] as const).map((offset) => (
        <span key={offset} className={classes.line} style={at(offset)} aria-hidden="true">
          <span className={classes.lineLabel}>{t(`duty.day${offset}`)}</span>
        </span>
      ))}
      <div className={classes.posts} aria-hidden="true">
        <span className={classes.post} style={at(0)}>
          {post(asOf)}
        </span>
        {posts.map((offset) => (
          <span key={offset} className={classes.post} style={at(offset)}>
            {post(addDays(asOf, offset))}
          </span>
        ))}
      </div>
    </>
  );
}
