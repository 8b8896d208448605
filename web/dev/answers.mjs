// What the made-up API answers: enough of each route for its page to be looked at.
import { addDays, requirements, terminals, today } from './fleet.mjs';

const name = (driver) => `${driver.first_name} ${driver.last_name}`;
const within = (driver, from, days) =>
  driver.items.filter(
    (item) => item.due_on !== null && item.due_on >= from && item.due_on <= addDays(from, days),
  );
const windows = (drivers, asOf) =>
  Object.fromEntries(
    [30, 60, 90].map((days) => [
      `d${days}`,
      drivers.reduce((sum, driver) => sum + within(driver, asOf, days).length, 0),
    ]),
  );

export function summary(fleet, asOf = today) {
  const groups = new Map();
  const states = {};
  for (const driver of fleet) {
    for (const reason of driver.reasons) {
      const key = `${reason.requirement}/${reason.state}`;
      const group = groups.get(key) ?? { ...reason, drivers: 0 };
      groups.set(key, { ...group, drivers: group.drivers + 1 });
    }
    for (const [state, count] of Object.entries(driver.counts))
      states[state] = (states[state] ?? 0) + count;
  }
  return {
    as_of: asOf,
    drivers: fleet.length,
    cannot_drive: fleet.filter((driver) => !driver.may_drive).length,
    by_reason: [...groups.values()].sort((a, b) => b.drivers - a.drivers),
    due: windows(fleet, asOf),
    due_by_requirement: requirements
      .map(({ key, title }) => ({
        requirement: key,
        title,
        ...windows(
          fleet.map((driver) => ({
            ...driver,
            items: driver.items.filter((item) => item.requirement === key),
          })),
          asOf,
        ),
      }))
      .sort((a, b) => b.d90 - a.d90),
    states,
    recalculating: false,
    terminals: terminals.map((terminal) => {
      const own = fleet.filter((driver) => driver.terminal.id === terminal.id);
      return {
        id: terminal.id,
        name: terminal.name,
        time_zone: terminal.time_zone,
        as_of: asOf,
        drivers: own.length,
        cannot_drive: own.filter((driver) => !driver.may_drive).length,
        due: windows(own, asOf),
      };
    }),
  };
}

function page(all, query) {
  const start = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const items = all.slice(start, start + limit);
  return { items, next_cursor: start + limit < all.length ? String(start + limit) : null };
}

export function upcoming(fleet, query) {
  const asOf = query.get('as_of') ?? today;
  const days = new Map();
  const items = fleet
    .filter((driver) => !query.get('terminal') || driver.terminal.id === query.get('terminal'))
    .flatMap((driver) =>
      within(driver, asOf, Number(query.get('days') ?? 90)).map((item) => ({
        driver: { id: driver.id, name: name(driver), terminal: driver.terminal },
        requirement: item.requirement,
        title: item.title,
        due_on: item.due_on,
      })),
    )
    .sort((a, b) => a.due_on.localeCompare(b.due_on));
  for (const item of items) days.set(item.due_on, (days.get(item.due_on) ?? 0) + 1);
  return {
    as_of: asOf,
    days: [...days].map(([date, count]) => ({ date, count })),
    ...page(items, query),
  };
}

export function drivers(fleet, query) {
  const q = (query.get('q') ?? '').toLowerCase();
  const [state, requirement, may] = ['state', 'requirement', 'may_drive'].map((key) =>
    query.get(key),
  );
  const sorts = {
    name: (a, b) =>
      a.last_name.localeCompare(b.last_name) || a.first_name.localeCompare(b.first_name),
    employee_id: (a, b) => a.employee_id.localeCompare(b.employee_id),
    next_due: (a, b) => (a.next_due?.due_on ?? '9').localeCompare(b.next_due?.due_on ?? '9'),
  };
  const fits = fleet
    .filter((driver) => `${name(driver)} ${driver.employee_id}`.toLowerCase().includes(q))
    .filter((driver) => !query.get('terminal') || driver.terminal.id === query.get('terminal'))
    .filter((driver) => may === null || String(driver.may_drive) === may)
    .filter(
      (driver) =>
        (!state && !requirement) ||
        driver.items.some(
          (item) =>
            (!state || item.state === state) && (!requirement || item.requirement === requirement),
        ),
    )
    .sort(sorts[query.get('sort') ?? 'name']);
  const { items, next_cursor } = page(fits, query);
  return {
    as_of: query.get('as_of') ?? today,
    items: items.map((driver) => ({ ...driver, items: undefined, profile: undefined })),
    next_cursor,
    total: fits.length,
  };
}

export function file(driver, asOf = today) {
  const { items, may_drive, reasons, restrictions, employed, ...facts } = driver;
  return { driver: facts, as_of: asOf, employed, may_drive, reasons, restrictions, items };
}

export const audit = (query) =>
  page(
    Array.from({ length: 120 }, (_, index) => ({
      seq: 120 - index,
      at: new Date(Date.now() - index * 3_700_000).toISOString(),
      actor:
        index % 7 === 0
          ? null
          : { id: terminals[0].id, name: 'Dana Whitfield', email: 'dana@example.com' },
      via: 'web',
      action: ['evidence.recorded', 'driver.changed', 'session.started', 'roster.imported'][
        index % 4
      ],
      subject_type: ['evidence', 'driver', 'session', 'roster_import'][index % 4],
      subject_id: '00000000-0000-4000-8002-000000000001',
      details: { requirement: 'mec_cdlis', obtained_on: today },
      hash: 'a1b2c3d4'.repeat(8),
    })),
    query,
  );
