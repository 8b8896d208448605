import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Notices, Role } from '@/api';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const done = () => new Response(null, { status: 204 });

/** A server that was told what was read, and tells so. */
function server(role: Role, more: Partial<Notices> = {}) {
  const state: Notices = {
    unread: 1,
    by_mail: true,
    items: [
      {
        id: 'n2',
        on_day: '2026-12-01',
        read_at: null,
        total: 3,
        items: [
          {
            driver_id: 'd1',
            driver: 'Eva Luna',
            requirement: 'mec_cdlis',
            title: 'Medical status',
            due_on: '2026-12-31',
          },
        ],
      },
    ],
    ...more,
  };
  return renderApp(
    '/settings',
    signedIn(
      {
        'GET /me/sessions': () => ({ items: [] }),
        'GET /me/notices': () => state,
        'POST /me/notices/read': () => {
          state.unread = 0;
          state.items = state.items.map((one) => ({ ...one, read_at: '2026-12-01T15:00:00Z' }));
          return done();
        },
        'PUT /me/reminders': done,
      },
      role,
    ),
  );
}

async function open(name: string) {
  const [bell] = await screen.findAllByRole('button', { name });
  await userEvent.click(bell!);
  return screen.findByRole('dialog', { name: 'Reminders' });
}

it('counts what was not read, shows it, and marks it as read', async () => {
  const { calls } = server('safety_manager');
  const drawer = await open('Reminders, 1 not read yet');
  expect(await within(drawer).findByText('Medical status')).toBeTruthy();
  expect(within(drawer).getByText('Eva Luna, until Dec 31, 2026')).toBeTruthy();
  expect(within(drawer).getByText('and 2 more')).toBeTruthy();
  await expectAccessible();
  await userEvent.click(within(drawer).getByRole('button', { name: 'Close' }));
  expect((await screen.findAllByRole('button', { name: 'Reminders' })).length).toBeGreaterThan(0);
  const read = calls.filter((call) => call.path === '/me/notices/read');
  expect(read.map((call) => call.body)).toEqual([{ ids: ['n2'] }]);
});

it.each<[Role, string]>([
  ['safety_manager', '/drivers/d1'],
  ['driver', '/my-file'],
])('leads a %s to the file', async (role, path) => {
  const { address } = server(role);
  const drawer = await open('Reminders, 1 not read yet');
  await userEvent.click(await within(drawer).findByRole('link', { name: /Medical status/ }));
  await waitFor(() => {
    expect(address()).toContain(path);
  });
  await waitFor(() => {
    expect(screen.queryByRole('dialog', { name: 'Reminders' })).toBeNull();
  });
});

it('turns mail off', async () => {
  const { calls } = server('driver');
  const drawer = await open('Reminders, 1 not read yet');
  const mail = await within(drawer).findByRole<HTMLInputElement>('switch', {
    name: /Also by e-mail/,
  });
  expect(mail.checked).toBe(true);
  await userEvent.click(mail);
  await waitFor(() => {
    expect(mail.checked).toBe(false);
  });
  const wishes = calls.filter((call) => call.path === '/me/reminders');
  expect(wishes.map((call) => call.body)).toEqual([{ by_mail: false }]);
});

it('says so when there is nothing', async () => {
  server('coach', { items: [], unread: 0 });
  const drawer = await open('Reminders');
  expect(await within(drawer).findByText('Nothing to be reminded of')).toBeTruthy();
});

it('stays quiet while the server does not answer, and says so when asked', async () => {
  renderApp(
    '/settings',
    signedIn({
      'GET /me/sessions': () => ({ items: [] }),
      'GET /me/notices': () => problem(503, 'unavailable'),
    }),
  );
  const drawer = await open('Reminders');
  expect(await within(drawer).findByRole('alert')).toBeTruthy();
});

it('is not there for auditors', async () => {
  const { calls } = server('auditor');
  await screen.findByRole('heading', { name: 'Settings' });
  expect(screen.queryByRole('button', { name: /Reminders/ })).toBeNull();
  expect(calls.some((call) => call.path === '/me/notices')).toBe(false);
});
