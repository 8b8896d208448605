import { describe, expect, it } from 'vitest';
import type { DueItem } from '@/api';
import { addDays } from '@/core/dates';
import { buildRoad, MOST_MARKS, toWeeks } from './road';

const DAY = '2026-03-01';
const items = (date: string, count: number): DueItem[] =>
  Array.from({ length: count }, (_, index) => ({
    driver: { id: String(index), name: 'N', terminal: { id: 't', name: 'T' } },
    requirement: 'cdl',
    title: 'CDL',
    due_on: date,
  }));

describe('the road', () => {
  it('puts each requirement on its day', () => {
    const last = addDays(DAY, 90);
    const road = buildRoad(
      DAY,
      [
        { date: last, count: 2 },
        { date: DAY, count: 1 },
      ],
      [...items(DAY, 1), ...items(last, 2)],
    );
    expect(road.days.map((day) => [day.offset, day.items.length])).toEqual([
      [0, 1],
      [90, 2],
    ]);
    expect(road).toMatchObject({ total: 3, most: 2, shape: 'marks' });
  });

  it('leaves out what lies behind or beyond', () => {
    const counts = [addDays(DAY, -1), addDays(DAY, 91)].map((date) => ({ date, count: 1 }));
    expect(buildRoad(DAY, counts, []).total).toBe(0);
  });

  it('shows bars when a day has too many marks, or not all of them are loaded', () => {
    const crowded = MOST_MARKS + 1;
    expect(buildRoad(DAY, [{ date: DAY, count: crowded }], items(DAY, crowded)).shape).toBe('bars');
    expect(buildRoad(DAY, [{ date: DAY, count: 3 }], items(DAY, 2)).shape).toBe('bars');
  });

  it('sums up weeks and keeps the empty ones', () => {
    const road = buildRoad(
      DAY,
      [0, 6, 7, 90].map((offset) => ({ date: addDays(DAY, offset), count: 1 })),
      [],
    );
    const weeks = toWeeks(DAY, road.days);
    expect(weeks.map((week) => week.count)).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(weeks[0]).toMatchObject({ from: '2026-03-01', to: '2026-03-07' });
    expect(weeks.at(-1)?.to).toBe(addDays(DAY, 90));
  });
});
