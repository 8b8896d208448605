import { expect, it } from 'vitest';
import type { DriverRow, SummaryOut } from '@/api';
import { groupByReason } from './reasons';

type Reason = DriverRow['reasons'][number];

const reason = (requirement: string, state: Reason['state']): Reason => ({
  requirement,
  title: requirement.toUpperCase(),
  state,
  text: `${requirement} ${state}`,
});

const driver = (id: string, ...reasons: Reason[]): DriverRow => ({
  id,
  employee_id: id,
  first_name: 'F',
  last_name: id,
  terminal: { id: 't', name: 'T' },
  as_of: '2026-03-01',
  employed: true,
  may_drive: false,
  reasons,
  restrictions: [],
  next_due: null,
  counts: {},
});

const summary = (cannot_drive: number, ...counts: [Reason, number][]): SummaryOut => ({
  as_of: '2026-03-01',
  drivers: 61,
  cannot_drive,
  by_reason: counts.map(([{ requirement, title, state }, drivers]) => ({
    requirement,
    title,
    state,
    drivers,
  })),
  due: { d30: 0, d60: 0, d90: 0 },
  due_by_requirement: [],
  states: {},
  recalculating: false,
  terminals: [],
});

const cdl = reason('cdl', 'expired');
const query = reason('ch_full', 'blocked');
const hire = reason('employment', 'unknown');

it('lists each driver under every reason, the most frequent first, then the worst', () => {
  const groups = groupByReason(summary(3, [cdl, 2], [query, 1], [hire, 1]), [
    driver('a', cdl),
    driver('b', cdl, query),
    driver('c', hire),
  ]);
  expect(groups.map((group) => [group.requirement, group.members.map((m) => m.driver.id)])).toEqual(
    [
      ['cdl', ['a', 'b']],
      ['ch_full', ['b']],
      ['employment', ['c']],
    ],
  );
});

it('believes the drivers’ own reasons once all of them are there', () => {
  const unknown = reason('mec', 'unknown');
  const groups = groupByReason(summary(1, [unknown, 1], [hire, 1]), [driver('c', hire)]);
  expect(groups.map((group) => [group.requirement, group.drivers])).toEqual([['employment', 1]]);
});

it('keeps the summary’s counts while a large fleet is loaded in part', () => {
  const groups = groupByReason(summary(500, [cdl, 420], [query, 80]), [driver('a', cdl)]);
  expect(groups.map((group) => [group.drivers, group.members.length])).toEqual([
    [420, 1],
    [80, 0],
  ]);
});
