import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { csvCell, toCsv } from './csv';
import { readDriver } from './NewDriver';

describe('the export', () => {
  it.each([
    ['Reyes, Ana', '"Reyes, Ana"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1 901', "'+1 901"],
    ['plain', 'plain'],
  ])('writes %s as data', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('is UTF-8 with a mark, and lines as the RFC ends them', () => {
    expect(toCsv(['a', 'b'], [['Núñez', '1']])).toBe('\ufeffa,b\r\nNúñez,1\r\n');
  });
});

describe('a new driver', () => {
  it('leaves out what is not known', () => {
    const fields = new FormData();
    for (const [name, value] of Object.entries({
      first_name: ' Ana ',
      last_name: 'Reyes',
      employee_id: 'E1',
      terminal_id: 't1',
      hired_on: '2026-02-29',
      cdl_class: '',
    })) {
      fields.set(name, value);
    }
    expect(readDriver(fields)).toEqual({
      first_name: 'Ana',
      last_name: 'Reyes',
      employee_id: 'E1',
      terminal_id: 't1',
      profile: {},
    });
  });

  const list = {
    'GET /drivers': () => ({ as_of: '2026-03-01', items: [], next_cursor: null, total: 0 }),
  };

  it('is asked for what is needed before anything is sent', async () => {
    const { calls } = renderApp('/drivers?add=true', signedIn(list));
    const dialog = await screen.findByRole('dialog', { name: 'Add a driver' });
    await userEvent.click(screen.getAllByRole('button', { name: 'Add driver' }).at(-1)!);
    expect(dialog.textContent).toContain('Needed to add a driver.');
    expect(calls.some((call) => call.method === 'POST' && call.path === '/drivers')).toBe(false);
  });

  it('shows the server’s objection at its field and keeps what was typed', async () => {
    const user = userEvent.setup();
    renderApp(
      '/drivers?add=true',
      signedIn({
        ...list,
        'POST /drivers': () =>
          problem(409, 'conflict', {
            detail: 'This employee id is taken.',
            errors: [{ field: 'employee_id', problem: 'E1 belongs to Ana Reyes.' }],
          }),
      }),
    );
    await user.type(await screen.findByLabelText(/First name/), 'Luis');
    await user.type(screen.getByLabelText(/Last name/), 'Ortega');
    await user.type(screen.getByLabelText(/Employee id/), 'E1');
    await user.click(screen.getAllByLabelText(/^Terminal/).at(-2)!);
    await user.click(await screen.findByRole('option', { name: 'Memphis' }));
    await user.click(screen.getAllByRole('button', { name: 'Add driver' }).at(-1)!);
    expect(await screen.findAllByText('E1 belongs to Ana Reyes.')).not.toHaveLength(0);
    expect(screen.getByLabelText<HTMLInputElement>(/First name/).value).toBe('Luis');
  });
});

it('keeps the filters in the address and in the question', async () => {
  const user = userEvent.setup();
  const { calls, address } = renderApp(
    '/drivers?state=expired',
    signedIn({
      'GET /drivers': () => ({ as_of: '2026-03-01', items: [], next_cursor: null, total: 0 }),
    }),
  );
  await user.type(await screen.findByLabelText('Search'), 'núñez');
  await waitFor(() => {
    expect(address()).toContain('q=n%C3%BA%C3%B1ez');
  });
  await waitFor(() => {
    const last = calls.filter((call) => call.path === '/drivers').at(-1);
    expect(Object.fromEntries(last!.query)).toMatchObject({ state: 'expired', q: 'núñez' });
  });
  expect(await screen.findByText('No driver matches')).toBeTruthy();
});
