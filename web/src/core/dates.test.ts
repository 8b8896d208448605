import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayNumber,
  daysBetween,
  formatDate,
  formatDistance,
  isPlainDate,
  today,
} from './dates';

describe('plain dates', () => {
  it.each(['2026-02-30', '2026-13-01', '2025-02-29', '03/01/2026', 'soon', ''])(
    'refuse %s',
    (text) => {
      expect(isPlainDate(text)).toBe(false);
    },
  );

  it('know leap days', () => {
    expect(isPlainDate('2024-02-29')).toBe(true);
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  });

  it('count the days of the rule book', () => {
    // Hired 2026-10-23: safety performance history is due on 2026-11-22; hired 2026-01-31: on 2026-03-02.
    expect(addDays('2026-10-23', 30)).toBe('2026-11-22');
    expect(addDays('2026-01-31', 30)).toBe('2026-03-02');
  });

  it('cross a change of the clocks without losing a day', () => {
    expect(daysBetween('2026-03-07', '2026-03-09')).toBe(2);
    expect(daysBetween('2026-11-02', '2026-10-31')).toBe(-2);
  });

  it('number days from 1970', () => {
    expect(dayNumber('1970-01-02')).toBe(1);
  });
});

describe('today', () => {
  const now = new Date('2026-03-01T05:30:00Z');

  it('is the calendar day of the time zone', () => {
    expect(today('America/Chicago', now)).toBe('2026-02-28');
    expect(today('Europe/Berlin', now)).toBe('2026-03-01');
    expect(today('Pacific/Kiritimati', now)).toBe('2026-03-01');
  });
});

describe('formatDate', () => {
  it('never shifts the day, wherever the reader is', () => {
    expect(formatDate('2026-03-01', { locale: 'en-US' })).toBe('Mar 1, 2026');
    expect(formatDate('2026-03-01', { locale: 'es-US' })).toBe('1 mar 2026');
  });

  it('names the weekday when the day is near', () => {
    const style = { locale: 'en-US', asOf: '2026-03-01' };
    expect(formatDate('2026-03-04', style)).toBe('Wed, Mar 4, 2026');
    expect(formatDate('2026-02-26', style)).toBe('Thu, Feb 26, 2026');
    expect(formatDate('2026-03-09', style)).toBe('Mar 9, 2026');
  });

  it('may leave out this year', () => {
    expect(formatDate('2026-05-04', { locale: 'en-US', asOf: '2026-03-01', length: 'short' })).toBe(
      'May 4',
    );
    expect(formatDate('2027-05-04', { locale: 'en-US', asOf: '2026-03-01', length: 'short' })).toBe(
      'May 4, 2027',
    );
  });
});

it.each([
  ['2026-03-02', 'tomorrow'],
  ['2026-02-27', '2 days ago'],
  ['2026-04-15', 'in 45 days'],
  ['2026-07-01', 'in 4 months'],
  ['2023-03-01', '3 years ago'],
])('says how far %s is', (to, words) => {
  expect(formatDistance('2026-03-01', to, 'en')).toBe(words);
});
