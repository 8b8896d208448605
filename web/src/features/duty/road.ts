import type { DayCount, DueItem } from '@/api';
import { addDays, daysBetween, type PlainDate } from '@/core/dates';

export const HORIZON = 90;
/** So many marks on one day can be told apart; beyond it a bar says how many. */
export const MOST_MARKS = 8;

export interface RoadDay {
  date: PlainDate;
  /** Days from the start of the road, 0 to 90. */
  offset: number;
  count: number;
  /** What is due, as far as loaded. */
  items: DueItem[];
}

export interface Road {
  days: RoadDay[];
  total: number;
  /** The largest count of a day. */
  most: number;
  /** Single marks, or bars when there are too many. */
  shape: 'marks' | 'bars';
}

/** The days of the timeline; `counts` is complete, `items` are the first page of what is due. */
export function buildRoad(
  asOf: PlainDate,
  counts: readonly DayCount[],
  items: readonly DueItem[],
): Road {
  const byDay = new Map<PlainDate, DueItem[]>();
  for (const item of items) byDay.set(item.due_on, [...(byDay.get(item.due_on) ?? []), item]);
  const days = counts
    .map(({ date, count }) => ({
      date,
      count,
      offset: daysBetween(asOf, date),
      items: byDay.get(date) ?? [],
    }))
    .filter(({ offset, count }) => offset >= 0 && offset <= HORIZON && count > 0)
    .sort((a, b) => a.offset - b.offset);
  const most = Math.max(0, ...days.map((day) => day.count));
  const complete = days.every((day) => day.items.length >= day.count);
  return {
    days,
    total: days.reduce((sum, day) => sum + day.count, 0),
    most,
    shape: most <= MOST_MARKS && complete ? 'marks' : 'bars',
  };
}

export interface RoadWeek {
  from: PlainDate;
  to: PlainDate;
  count: number;
  days: RoadDay[];
}

/** The same in weeks from the first day, for screens too narrow for days; weeks with nothing are kept. */
export function toWeeks(asOf: PlainDate, days: readonly RoadDay[]): RoadWeek[] {
  const weeks = Array.from({ length: Math.ceil((HORIZON + 1) / 7) }, (_, index) => ({
    from: addDays(asOf, index * 7),
    to: addDays(asOf, Math.min(index * 7 + 6, HORIZON)),
    count: 0,
    days: [] as RoadDay[],
  }));
  for (const day of days) {
    const week = weeks[Math.floor(day.offset / 7)];
    if (!week) continue;
    week.count += day.count;
    week.days.push(day);
  }
  return weeks;
}
