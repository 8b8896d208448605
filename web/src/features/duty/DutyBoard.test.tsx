import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { DriverRow, DueItem, SummaryOut } from '@/api';
import { addDays } from '@/core/dates';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const DAY = '2026-03-01';
const terminal = { id: 't1', name: 'Memphis' };
const due = { d30: 2, d60: 3, d90: 3 };

const summary = (more: Partial<SummaryOut> = {}): SummaryOut => ({
  as_of: DAY,
  drivers: 61,
  cannot_drive: 1,
  by_reason: [{ requirement: 'cdl', title: 'CDL', state: 'expired', drivers: 1 }],
  due,
  due_by_requirement: [{ requirement: 'cdl', title: 'CDL', ...due }],
  states: { expired: 1 },
  recalculating: false,
  terminals: [
    { ...terminal, time_zone: 'America/Chicago', as_of: DAY, drivers: 61, cannot_drive: 1, due },
  ],
  ...more,
});

const row: DriverRow = {
  id: 'd1',
  employee_id: 'E1',
  first_name: 'Ana',
  last_name: 'Reyes',
  terminal,
  as_of: DAY,
  employed: true,
  may_drive: false,
  reasons: [
    { requirement: 'cdl', title: 'CDL', state: 'expired', text: 'CDL ran out on February 1, 2026' },
  ],
  restrictions: [],
  next_due: null,
  counts: { expired: 1 },
};

const item = (id: string, days: number): DueItem => ({
  driver: { id, name: `Driver ${id}`, terminal },
  requirement: 'cdl',
  title: 'CDL',
  due_on: addDays(DAY, days),
});

const answers = (shown: SummaryOut = summary()) =>
  signedIn({
    'GET /compliance/summary': () => shown,
    'GET /drivers': () => ({ as_of: DAY, items: [row], next_cursor: null, total: 1 }),
    'GET /compliance/upcoming': () => ({
      as_of: DAY,
      days: [
        { date: addDays(DAY, 3), count: 1 },
        { date: addDays(DAY, 10), count: 2 },
      ],
      items: [item('a', 3), item('b', 10), item('c', 10)],
      next_cursor: null,
    }),
  });

describe('the duty board', () => {
  it('answers first, then says why, driver by driver', async () => {
    renderApp('/', answers());
    const answer = await screen.findByRole('link', { name: /of 61 driver can’t drive today/ });
    expect(answer.textContent).toMatch(/^1/);
    expect(answer.getAttribute('href')).toBe('/drivers?may_drive=no');
    const reason = await screen.findByRole('link', { name: /Ana Reyes/ });
    expect(reason.textContent).toContain('CDL ran out on February 1, 2026');
    expect(reason.getAttribute('href')).toBe('/drivers/d1');
    await expectAccessible();
  });

  it('keeps the day of the address in every question and link', async () => {
    const { calls } = renderApp('/?as_of=2026-05-01', answers());
    expect(await screen.findByText(/You are looking at May 1, 2026/)).toBeTruthy();
    const reason = await screen.findByRole('link', { name: /Ana Reyes/ });
    expect(reason.getAttribute('href')).toBe('/drivers/d1?as_of=2026-05-01');
    const asked = calls.filter((call) => /compliance|drivers/.test(call.path));
    expect(asked.map((call) => call.query.get('as_of'))).toEqual(asked.map(() => '2026-05-01'));
  });

  it('walks the road by keyboard and opens a day', async () => {
    const user = userEvent.setup();
    renderApp('/', answers());
    const road = await screen.findByRole('listbox');
    road.focus();
    await user.keyboard('{ArrowRight}{Enter}');
    const day = await screen.findByRole('dialog');
    expect(within(day).getAllByRole('link')).toHaveLength(2);
  });

  it('goes straight to the driver when a day has one mark', async () => {
    const user = userEvent.setup();
    const { address } = renderApp('/', answers());
    (await screen.findByRole('listbox')).focus();
    await user.keyboard('{Home}{Enter}');
    await screen.findByRole('main');
    expect(address()).toBe('/drivers/a');
  });

  it('says so when everybody may drive', async () => {
    renderApp('/', answers(summary({ cannot_drive: 0, by_reason: [] })));
    expect(await screen.findByText('Everybody may drive')).toBeTruthy();
  });

  it('teaches a new carrier the first step', async () => {
    renderApp('/', answers(summary({ drivers: 0, cannot_drive: 0, by_reason: [], terminals: [] })));
    const step = await screen.findByRole('link', { name: 'Import your roster' });
    expect(step.getAttribute('href')).toBe('/imports');
  });

  it('shows a failure in place, with a way to try again', async () => {
    let broken = true;
    renderApp('/', {
      ...answers(),
      'GET /compliance/summary': () => (broken ? problem(500, 'internal') : summary()),
    });
    expect((await screen.findByRole('alert')).textContent).toContain('went wrong on our side');
    broken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: /of 61 driver/ })).toBeTruthy();
  });
});
