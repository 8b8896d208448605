/**
 * Plain dates: `YYYY-MM-DD` strings that no time zone can shift.
 *
 * All arithmetic is on days since the epoch in UTC, so a date is the same day in Honolulu and in Berlin. The only
 * place that reads the clock is `today`, which asks for the calendar day of a time zone.
 */

export type PlainDate = string;

const DAY = 86_400_000;
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01, or null when the text is no calendar day (2026-02-30, "soon"). */
export function dayNumber(date: string): number | null {
  const match = SHAPE.exec(date);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const time = Date.UTC(year, month - 1, day);
  const back = new Date(time);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? time / DAY : null;
}

export function isPlainDate(text: unknown): text is PlainDate {
  return typeof text === 'string' && dayNumber(text) !== null;
}

function instant(date: PlainDate): Date {
  const day = dayNumber(date);
  if (day === null) throw new RangeError(`not a calendar day: ${date}`);
  return new Date(day * DAY);
}

export function fromDayNumber(day: number): PlainDate {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return fromDayNumber(instant(date).getTime() / DAY + days);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return Math.round((instant(to).getTime() - instant(from).getTime()) / DAY);
}

/** The calendar day it is now in a time zone (the reader's own when none is given). */
export function today(timeZone?: string, now: Date = new Date()): PlainDate {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** A week either way is near enough for people to think in weekdays. */
const NEAR = 7;

export interface DateStyle {
  locale: string;
  /** The day "near" is measured from; without it no weekday is shown. */
  asOf?: PlainDate | undefined;
  /** `short` leaves out the year when it is that of `asOf`. */
  length?: 'long' | 'medium' | 'short' | undefined;
  /** False leaves the weekday out also when the day is near. */
  weekday?: boolean | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Intl formatters are slow to make (a list of 5,000 rows needs hundreds): each is made once. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    formats.set(key, format);
  }
  return format;
}

/** A date as people of the locale write it, with the weekday when it is near. */
export function formatDate(
  date: PlainDate,
  { locale, asOf, length = 'medium', weekday = true }: DateStyle,
): string {
  const near = weekday && asOf !== undefined && Math.abs(daysBetween(asOf, date)) <= NEAR;
  const sameYear = asOf !== undefined && asOf.slice(0, 4) === date.slice(0, 4);
  return formatter(locale, {
    day: 'numeric',
    month: length === 'long' ? 'long' : 'short',
    ...(length === 'short' && sameYear ? {} : { year: 'numeric' }),
    ...(near ? { weekday: length === 'long' ? 'long' : 'short' } : {}),
  }).format(instant(date));
}

/** "tomorrow", "in 12 days", "3 weeks ago": the distance in the largest unit that still says something. */
export function formatDistance(from: PlainDate, to: PlainDate, locale: string): string {
  const days = daysBetween(from, to);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const size = Math.abs(days);
  if (size < 60) return words.format(days, 'day');
  if (size < 730) return words.format(Math.trunc(days / 30.44), 'month');
  return words.format(Math.trunc(days / 365.25), 'year');
}

export function formatMonth(date: PlainDate, locale: string): string {
  return formatter(locale, { month: 'short' }).format(instant(date));
}

/** A point in time (not a plain date), in the reader's own zone: for logs. */
export function formatInstant(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(iso),
  );
}

/** The time of day of a point in time, for what happens within the hour. */
export function formatTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(iso));
}
