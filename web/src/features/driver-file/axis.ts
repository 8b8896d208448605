import { dayNumber, fromDayNumber, type PlainDate } from '@/core/dates';

/** The time all rows of a file share, in days since 1970; `end` is the first day outside. */
export interface Axis {
  start: number;
  end: number;
}

/** How far the axis reaches either side of today: the longest renewal that matters daily is two years. */
const REACH_MONTHS = 24;
/** The day that is looked at never sticks to an edge. */
const MARGIN_MONTHS = 3;

/** A date as days since 1970. */
export function toDay(date: PlainDate): number {
  const number = dayNumber(date);
  if (number === null) throw new RangeError(`not a calendar day: ${date}`);
  return number;
}

/** The first day of the quarter that lies `months` from the month of the date. */
function quarterStart(date: PlainDate, months: number): number {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const first = month - (month % 3);
  return Date.UTC(Math.floor(first / 12), first % 12, 1) / 86_400_000;
}

/** Today in the middle. Replaying another day moves the marker, not the axis, unless the day lies outside. */
export function makeAxis(today: PlainDate, asOf: PlainDate): Axis {
  return {
    start: Math.min(quarterStart(today, -REACH_MONTHS), quarterStart(asOf, -MARGIN_MONTHS)),
    end: Math.max(quarterStart(today, REACH_MONTHS + 3), quarterStart(asOf, MARGIN_MONTHS + 3)),
  };
}

/** Where a day begins, in percent of the axis; beyond 0 and 100 for days outside. */
export function position(axis: Axis, at: number): number {
  return ((at - axis.start) / (axis.end - axis.start)) * 100;
}

export interface Tick {
  /** Percent of the axis. */
  at: number;
  /** The first day of the quarter. */
  date: PlainDate;
  /** A year begins. */
  year: boolean;
}

/** The quarters on the axis; of a long one only the years, of a very long one every fifth. */
export function ticks(axis: Axis): Tick[] {
  const years = (axis.end - axis.start) / 365.25;
  const stepMonths = years <= 6 ? 3 : years <= 15 ? 12 : 60;
  const found: Tick[] = [];
  const first = fromDayNumber(axis.start);
  let month = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1;
  month += (stepMonths - (month % stepMonths)) % stepMonths;
  for (;;) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
    if (at >= axis.end) return found;
    found.push({ at: position(axis, at), date: fromDayNumber(at), year: month % 12 === 0 });
    month += stepMonths;
  }
}
