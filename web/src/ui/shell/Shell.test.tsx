import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Role } from '@/api';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const sessions = { 'GET /me/sessions': () => ({ items: [] }) };

async function pages(): Promise<string[]> {
  const [nav] = await screen.findAllByRole('navigation', { name: 'Main' });
  return within(nav!)
    .getAllByRole('link')
    .map((link) => link.textContent);
}

describe('the pages a person has', () => {
  it.each<[Role, string[]]>([
    [
      'admin',
      [
        'Duty board',
        'Drivers',
        'Review',
        'Sort scans',
        'Import roster',
        'Audit packets',
        'Auditor access',
        'Retention',
        'Audit log',
        'Assistants',
        'Telematics',
        'Operations',
        'Settings',
      ],
    ],
    [
      'supervisor',
      ['Duty board', 'Drivers', 'Sort scans', 'Audit packets', 'Assistants', 'Settings'],
    ],
    ['auditor', ['Duty board', 'Drivers', 'Audit packets', 'Audit log', 'Assistants', 'Settings']],
    ['driver', ['Home', 'My file', 'Settings', 'Assistants']],
  ])('%s', async (role, expected) => {
    renderApp('/settings', signedIn(sessions, role));
    expect(await pages()).toEqual(expected);
  });
});

it('has one main landmark, a way past the navigation and the legal line', async () => {
  renderApp('/settings', signedIn(sessions));
  expect(await screen.findByRole('main')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Skip to the content' }).getAttribute('href')).toBe(
    '#content',
  );
  expect(screen.getByText('DOT-Copilot informs; it does not give legal advice.')).toBeTruthy();
  await screen.findByRole('heading', { name: 'Settings' });
  await expectAccessible();
});

it('leads from an unknown address back to the start', async () => {
  renderApp('/no/such/page', signedIn({}));
  expect(await screen.findByRole('heading', { name: 'This page does not exist' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Open the start page' }).getAttribute('href')).toBe('/');
});

it('asks nobody to sign in again because the server did not answer', async () => {
  let up = false;
  renderApp(
    '/settings',
    signedIn({
      ...sessions,
      'POST /auth/refresh': () =>
        up ? { access_token: 'token', expires_in: 600 } : problem(503, 'unavailable'),
    }),
  );
  expect(await screen.findByText('DOT-Copilot does not answer')).toBeTruthy();
  up = true;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy();
});

it('forgets everything at sign-out', async () => {
  const { calls, address } = renderApp(
    '/settings',
    signedIn({ ...sessions, 'POST /auth/logout': () => new Response(null, { status: 204 }) }),
  );
  await screen.findByRole('heading', { name: 'Settings' });
  await userEvent.click(screen.getAllByRole('button', { name: 'Sign out' })[0]!);
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy();
  expect(calls.some((call) => call.path === '/auth/logout')).toBe(true);
  await waitFor(() => {
    expect(address()).toContain('/sign-in');
  });
});

it('finds a driver from the keyboard', async () => {
  const user = userEvent.setup();
  const { address } = renderApp(
    '/settings',
    signedIn({
      ...sessions,
      'GET /drivers': () => ({
        as_of: '2026-03-01',
        items: [
          {
            id: 'd9',
            employee_id: 'E9',
            first_name: 'Óscar',
            last_name: 'Núñez',
            terminal: { id: 't1', name: 'Memphis' },
          },
        ],
        next_cursor: null,
        total: 1,
      }),
    }),
  );
  await screen.findByRole('heading', { name: 'Settings' });
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByLabelText('Driver, page or action'), 'núñ');
  await user.click(await screen.findByText('Óscar Núñez'));
  await waitFor(() => {
    expect(address()).toBe('/drivers/d9');
  });
});
