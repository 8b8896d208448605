import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Item } from '@/api';
import { renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const scan = (id: string, file_name: string, more: Partial<Item> = {}): Item => ({
  id,
  number: 1,
  file_name,
  media_type: 'application/pdf',
  size: 1000,
  state: 'waiting',
  refusal: null,
  refusal_code: null,
  preview_pages: 0,
  found: null,
  draft: {},
  driver_id: null,
  evidence_id: null,
  ...more,
});
const found: Item['found'] = {
  drivers: [{ id: 'd1', employee_id: 'E-1', name: 'Ana Ruiz', by: ['employee_id'] }],
  requirement: 'road_test',
  obtained_on: '2026-01-15',
  expires_on: null,
  licence_number: null,
  sure: true,
};

/** A pile that is open, with scans that the test names. */
function open(items: Item[], more: Answers = {}) {
  return renderApp(
    '/bulk',
    signedIn({
      'GET /bulk': () => ({ batch: { id: 'b1', created_at: '2026-03-01T10:00:00Z' } }),
      'GET /bulk/b1/items': () => ({ items }),
      'GET /requirements': () => ({
        items: [{ key: 'road_test', title: 'Road test', outcomes: [], evidence: '' }],
      }),
      ...more,
    }),
  );
}

it('says in the reader’s words why a scan was not taken', async () => {
  open([
    scan('i1', 'locked.pdf', {
      state: 'refused',
      refusal: 'is encrypted: it opens with a password only',
      refusal_code: 'encrypted',
    }),
  ]);
  const scans = await screen.findByRole('navigation', { name: 'Scans' });
  await userEvent.click(within(scans).getByRole('button', { name: /locked\.pdf/ }));
  expect(
    await screen.findByText(/“locked\.pdf” was not taken\. The file opens with a password only/),
  ).toBeTruthy();
  await expectAccessible();
});

it('puts a scan that was matched into the file, and goes on to the next', async () => {
  const items = [scan('i1', 'E-1 road test.pdf', { found }), scan('i2', 'scan0001.pdf')];
  const { calls } = open(items, {
    'POST /bulk/items/i1/accept': () => {
      items[0] = { ...items[0]!, state: 'done', evidence_id: 'e1', driver_id: 'd1' };
      return {};
    },
  });
  const scans = await screen.findByRole('navigation', { name: 'Scans' });
  expect(within(scans).getByText('No doubt')).toBeTruthy();
  await expectAccessible();
  await userEvent.click(await screen.findByRole('button', { name: /^Into the file/ }));
  expect(await within(scans).findByText('In the driver’s file')).toBeTruthy();
  expect(calls.find((call) => call.path === '/bulk/items/i1/accept')?.body).toMatchObject({
    driver_id: 'd1',
    requirement: 'road_test',
    obtained_on: '2026-01-15',
  });
  await waitFor(() => {
    expect(
      within(scans)
        .getByRole('button', { name: /scan0001/ })
        .getAttribute('aria-current'),
    ).toBe('true');
  });
});

it('asks before a pile is closed in which something is unsorted', async () => {
  const { calls } = open([scan('i1', 'scan0001.pdf')], {
    'POST /bulk/b1/close': () => new Response(null, { status: 204 }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Close this pile' }));
  expect(calls.some((call) => call.path === '/bulk/b1/close')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Close, and leave 1 out?' }));
  await waitFor(() => {
    expect(calls.some((call) => call.path === '/bulk/b1/close')).toBe(true);
  });
});
