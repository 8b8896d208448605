import { Link } from '@tanstack/react-router';
import type { Ref } from 'react';
import type { DriverRow, State } from '@/api';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { StateChip } from '@/ui/status/StateChip';
import { STATES } from '@/ui/status/states';
import { Verdict } from '@/ui/status/Verdict';
import classes from './drivers.module.css';

interface DriverTableRowProps {
  driver: DriverRow;
  index: number;
  /** Pixels from the top of the body. */
  top: number;
  asOf: PlainDate | undefined;
  ref: Ref<HTMLDivElement>;
}

/** States worth a look in a list; what is in order stays out of it. */
const OPEN = STATES.filter((state) => state !== 'valid' && state !== 'not_applicable');

export function DriverTableRow({ driver, index, top, asOf, ref }: DriverTableRowProps) {
  const t = useT();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      ref={ref}
      data-index={index}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className={classes.name}>
        <Link
          to="/drivers/$driverId"
          params={{ driverId: driver.id }}
          search={{ as_of: asOf }}
          className={classes.link}
        >
          {driver.last_name}, {driver.first_name}
        </Link>
        <span className={classes.id}>
          {driver.employee_id}
          <span className={classes.placeInline}> – {driver.terminal.name}</span>
          {!driver.employed && ` – ${t('drivers.former.badge')}`}
        </span>
      </span>
      <span role="cell" className={classes.place}>
        {driver.terminal.name}
      </span>
      <span role="cell" className={classes.verdict}>
        <Verdict mayDrive={driver.may_drive} />
      </span>
      <span role="cell" className={classes.why}>
        <Why driver={driver} />
      </span>
      <span role="cell" className={classes.next}>
        <NextDue driver={driver} />
      </span>
    </div>
  );
}

/** The first reason in words, then how many requirements are open in which state. */
function Why({ driver }: { driver: DriverRow }) {
  const t = useT();
  // A restriction (no hazmat, say) is a reason too, for some of the work.
  const [first, ...others] = [...driver.reasons, ...driver.restrictions];
  const open = OPEN.map((state): [State, number] => [state, driver.counts[state] ?? 0]).filter(
    ([, count]) => count > 0,
  );
  if (!first && open.length === 0) {
    return <span className={classes.soft}>{t('drivers.inOrder')}</span>;
  }
  return (
    <>
      {first && (
        <span className={classes.reason}>
          {first.text}
          {others.length > 0 && ` ${t('drivers.moreReasons', { count: others.length })}`}
        </span>
      )}
      <span className={classes.chips}>
        {open.map(([state, count]) => (
          <StateChip key={state} state={state} suffix={count > 1 ? `× ${count}` : undefined} />
        ))}
      </span>
    </>
  );
}

function NextDue({ driver }: { driver: DriverRow }) {
  const t = useT();
  const { date, distance } = useFormats();
  const due = driver.next_due;
  if (!due) return <span className={classes.soft}>{t('drivers.nothingDue')}</span>;
  return (
    <>
      <span className={classes.dueOn}>
        {date(due.due_on, { asOf: driver.as_of })}
        <span className={classes.soft}> {distance(driver.as_of, due.due_on)}</span>
      </span>
      <span className={classes.soft}>{due.title}</span>
    </>
  );
}
