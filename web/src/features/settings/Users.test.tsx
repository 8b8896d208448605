import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Invitation, User } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const person: User = {
  id: 'u1',
  email: 'sam@carrier.example',
  name: 'Sam Ortiz',
  role: 'supervisor',
  locale: 'en',
  terminal_id: 't1',
  more_terminals: [],
  driver_id: null,
  expires_on: null,
  disabled: false,
  password_is_one_time: false,
  last_signed_in_at: null,
  created_at: '2026-01-01T00:00:00Z',
};
const invitation: Invitation = {
  id: 'i1',
  email: 'ana@carrier.example',
  name: 'Ana Ruiz',
  role: 'coach',
  locale: 'es',
  terminal_id: 't1',
  more_terminals: [],
  driver_id: null,
  expires_on: null,
  link_until: '2026-12-05T08:00:00Z',
  created_at: '2026-11-28T08:00:00Z',
  mail_state: 'sent',
  mail_problem: null,
};
const done = () => new Response(null, { status: 204 });

const open = (answers: Answers) =>
  renderApp(
    '/settings?tab=users',
    signedIn({
      'GET /users': () => ({ items: [person], next_cursor: null }),
      'GET /invitations': () => ({ items: [] }),
      'GET /carrier/second-factor': () => ({ roles: [] }),
      'GET /me/second-factors': () => ({
        totp: false,
        recovery_codes_left: 0,
        required: false,
        fresh_until: null,
      }),
      ...answers,
    }),
  );
const press = async (name: string) => {
  await userEvent.click(await screen.findByRole('button', { name }));
};
const prove = async () => {
  await userEvent.type(
    await screen.findByLabelText('Password', { selector: 'input' }),
    'correct horse battery',
  );
  await press('Go on');
};

it('invites a person by mail, and shows them among those who are waited for', async () => {
  const items: Invitation[] = [];
  const { calls } = open({
    'GET /invitations': () => ({ items }),
    'POST /invitations': () => {
      items.push(invitation);
      return Response.json(invitation, { status: 201 });
    },
  });
  await press('Add a person');
  await userEvent.click(await screen.findByLabelText(/^Name/));
  await userEvent.paste('Ana Ruiz');
  await userEvent.click(screen.getByLabelText(/^E-mail/));
  await userEvent.paste('ana@carrier.example');
  await expectAccessible();
  await press('Send invitation');
  expect(await screen.findByText(/mail sent/)).toBeTruthy();
  const sent = calls.find(({ method, path }) => method === 'POST' && path === '/invitations');
  expect(sent?.body).toMatchObject({ email: 'ana@carrier.example', role: 'safety_manager' });
});

it('tells what became of the mail, sends it again, and takes an invitation back', async () => {
  let items: Invitation[] = [
    { ...invitation, mail_state: 'refused', mail_problem: 'No such mailbox.' },
  ];
  open({
    'GET /invitations': () => ({ items }),
    'POST /invitations/i1/resend': () => {
      items = [{ ...invitation, mail_state: 'waiting' }];
      return items[0];
    },
    'DELETE /invitations/i1': () => {
      items = [];
      return done();
    },
  });
  expect(await screen.findByText('No such mailbox.')).toBeTruthy();
  expect(screen.getByText(/mail refused/)).toBeTruthy();
  await expectAccessible();
  await press('Send again to Ana Ruiz');
  expect(await screen.findByText(/mail on its way/)).toBeTruthy();
  await press('Take the invitation of Ana Ruiz back');
  expect(await screen.findByText('Nobody is being waited for.')).toBeTruthy();
});

it('gives a supervisor a further terminal', async () => {
  const terminal = { city: null, state: null, time_zone: 'America/Chicago' };
  const { calls } = open({
    'GET /terminals': () => ({
      items: [
        { ...terminal, id: 't1', name: 'Memphis', code: 'MEM' },
        { ...terminal, id: 't2', name: 'Omaha', code: 'OMA' },
      ],
      next_cursor: null,
    }),
    'PATCH /users/u1': () => ({ ...person, more_terminals: ['t2'], one_time_password: null }),
  });
  await press('Edit Sam Ortiz');
  await userEvent.click(await screen.findByLabelText('Further terminals', { selector: 'input' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Omaha' }));
  await userEvent.keyboard('{Escape}');
  await expectAccessible();
  const dialog = screen.getByRole('dialog', { name: 'Edit access' });
  await userEvent.click(within(dialog).getByText('Save'));
  await waitFor(() => {
    expect(calls.find(({ method }) => method === 'PATCH')?.body).toEqual({
      more_terminals: ['t2'],
    });
  });
});

it('resets a person’s second factor after proof of who asks', async () => {
  let fresh = false;
  const { calls } = open({
    'POST /auth/confirm': () => {
      fresh = true;
      return done();
    },
    'DELETE /users/u1/second-factor': () => (fresh ? done() : problem(403, 'confirm-first')),
  });
  await press('Edit Sam Ortiz');
  await press('Reset second factor');
  const sure = await screen.findByRole('dialog', { name: 'Reset the second factor of Sam Ortiz?' });
  await userEvent.click(within(sure).getByRole('button', { name: 'Reset second factor' }));
  await prove();
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
  expect(calls.filter(({ path }) => path === '/users/u1/second-factor')).toHaveLength(2);
});

it('says which roles need a second factor', async () => {
  const { calls } = open({
    'GET /carrier/second-factor': () => ({ roles: ['admin'] }),
    'PUT /carrier/second-factor': done,
  });
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Safety manager' }));
  const policy = screen.getByRole('region', { name: 'Who needs a second factor' });
  await userEvent.click(within(policy).getByRole('button', { name: 'Save' }));
  await waitFor(() => {
    expect(calls.find(({ method }) => method === 'PUT')?.body).toEqual({
      roles: ['safety_manager', 'admin'],
    });
  });
});
