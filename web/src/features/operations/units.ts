import type { Chart } from '@/api';
import { intlTag, translate } from '@/i18n';

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, digits: number, options: Intl.NumberFormatOptions = {}): string {
  const key = `${intlTag()} ${digits} ${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.NumberFormat(intlTag(), { maximumFractionDigits: digits, ...options });
    formats.set(key, known);
  }
  return known.format(value);
}

/** Two figures that matter, no more: 0.31, 2.4, 31, 1,240. */
function brief(value: number): string {
  const size = Math.abs(value);
  return format(value, size >= 10 ? 0 : size >= 1 ? 1 : 2);
}

/** Calls a second; a trickle is a trickle, not zero. */
export function rate(value: number): string {
  if (value > 0 && value < 0.01) return translate('operations.unit.trickle');
  return translate('operations.unit.rate', { value: brief(value) });
}

export function milliseconds(value: number): string {
  if (value >= 1000) {
    return translate('operations.unit.seconds', { value: format(value / 1000, 1) });
  }
  return translate('operations.unit.milliseconds', { value: brief(value) });
}

/** 0.044 as 4.4 %. What is not nothing is never shown as nothing. */
export function share(value: number): string {
  if (value > 0 && value < 0.001) return `<${format(0.001, 1, { style: 'percent' })}`;
  return format(value, value < 0.1 ? 1 : 0, { style: 'percent' });
}

export const megabytes = (value: number): string =>
  value >= 1000
    ? translate('operations.unit.gigabytes', { value: format(value / 1000, 1) })
    : translate('operations.unit.megabytes', { value: brief(value) });

/** A duration as people say it, in its one largest unit. */
export function duration(seconds: number): string {
  if (seconds < 90) return translate('operations.unit.seconds', { value: brief(seconds) });
  if (seconds < 5400)
    return translate('operations.unit.minutes', { value: Math.round(seconds / 60) });
  if (seconds < 129_600) {
    return translate('operations.unit.hours', { value: Math.round(seconds / 3600) });
  }
  return translate('operations.unit.days', { value: Math.round(seconds / 86_400) });
}

export const count = (value: number): string => brief(value);

const BY_UNIT: Record<Chart['unit'], (value: number) => string> = {
  per_second: rate,
  share,
  milliseconds,
  seconds: duration,
  count,
  cores: share,
  megabytes,
};

export const inUnit = (unit: Chart['unit'], value: number): string => BY_UNIT[unit](value);

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The time of day in the reader's own zone, to the second; with the day when it is not today. */
export function clock(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  const today = date.toDateString() === now.toDateString();
  const key = `${intlTag()} ${today}`;
  let known = clocks.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(intlTag(), {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(today ? {} : { month: 'short', day: 'numeric' }),
    });
    clocks.set(key, known);
  }
  return known.format(date);
}
