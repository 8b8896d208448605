import { describe, expect, it } from 'vitest';
import { dayNumber, fromDayNumber } from '@/core/dates';
import { makeAxis, position, ticks, toDay } from './axis';

const ends = (today: string, asOf: string) => {
  const { start, end } = makeAxis(today, asOf);
  return [fromDayNumber(start), fromDayNumber(end)];
};

describe('the time axis', () => {
  it('reaches two years either side of today, in whole quarters', () => {
    expect(ends('2026-11-22', '2026-11-22')).toEqual(['2024-10-01', '2029-01-01']);
    expect(ends('2026-01-01', '2026-01-01')).toEqual(['2024-01-01', '2028-04-01']);
  });

  it('stays still while another day inside is shown', () => {
    expect(ends('2026-11-22', '2027-06-30')).toEqual(ends('2026-11-22', '2026-11-22'));
  });

  it('grows to a day outside, with room beside it', () => {
    const [start, end] = ends('2026-11-22', '2019-05-10');
    expect(start).toBe('2019-01-01');
    expect(end).toBe('2029-01-01');
    expect(ends('2026-11-22', '2031-12-31')[1]).toBe('2032-04-01');
  });

  it('places the first day at 0 and the day after the last at 100', () => {
    const axis = makeAxis('2026-11-22', '2026-11-22');
    expect(position(axis, axis.start)).toBe(0);
    expect(position(axis, axis.end)).toBe(100);
    expect(position(axis, axis.start - 1)).toBeLessThan(0);
  });

  it('marks every quarter once, and years among them', () => {
    const axis = makeAxis('2026-11-22', '2026-11-22');
    const found = ticks(axis);
    expect(found.map((tick) => tick.date).slice(0, 3)).toEqual([
      '2024-10-01',
      '2025-01-01',
      '2025-04-01',
    ]);
    expect(found).toHaveLength(17);
    expect(found.filter((tick) => tick.year).map((tick) => tick.date.slice(0, 4))).toEqual([
      '2025',
      '2026',
      '2027',
      '2028',
    ]);
  });

  it('thins the marks of a long axis out', () => {
    const twentyYears = ticks(makeAxis('2026-11-22', '2009-05-10'));
    expect(twentyYears.map((tick) => tick.date)).toEqual([
      '2010-01-01',
      '2015-01-01',
      '2020-01-01',
      '2025-01-01',
    ]);
    expect(ticks(makeAxis('2026-11-22', '2019-05-10')).every((tick) => tick.year)).toBe(true);
  });
});

it('refuses what is no calendar day', () => {
  expect(() => toDay('2026-02-30')).toThrow(RangeError);
  expect(toDay('2026-03-01')).toBe(dayNumber('2026-03-01'));
});
