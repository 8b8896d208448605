import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { me, problem, renderApp, token, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const signedOut: Answers = { 'POST /auth/refresh': () => problem(401, 'session-ended') };

async function enter(email: string, password: string): Promise<void> {
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText('E-mail'), email);
  if (password !== '') await user.type(screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}

it('sends a visitor who is not signed in here, and back to where they wanted to go', async () => {
  const { address } = renderApp('/settings?tab=profile', {
    ...signedOut,
    'POST /auth/login': () => token,
    'GET /me': () => me(),
    'GET /me/sessions': () => ({ items: [] }),
  });
  await enter('dana@carrier.example', 'correct horse battery');
  expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy();
  expect(address()).toBe('/settings?tab=profile');
});

it('says what is missing before it asks the server', async () => {
  const { calls } = renderApp('/sign-in', signedOut);
  await enter('dana@carrier.example', '');
  expect(await screen.findByText('Enter your password.')).toBeTruthy();
  expect(calls.some((call) => call.path === '/auth/login')).toBe(false);
  await expectAccessible();
});

it('says what happened and what to do when the password is wrong', async () => {
  renderApp('/sign-in', {
    ...signedOut,
    'POST /auth/login': () => problem(401, 'wrong-credentials'),
  });
  await enter('dana@carrier.example', 'wrong');
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('E-mail and password do not match.');
  expect(alert.textContent).toContain('Check both and try again.');
});

it('says how long a locked account has to wait', async () => {
  const locked = problem(429, 'locked');
  locked.headers.set('Retry-After', '290');
  renderApp('/sign-in', { ...signedOut, 'POST /auth/login': () => locked });
  await enter('dana@carrier.example', 'wrong again');
  expect((await screen.findByRole('alert')).textContent).toContain('Wait 5 minutes');
});

it('asks for a password of one’s own after a one-time password', async () => {
  const bodies: unknown[] = [];
  const { calls } = renderApp('/sign-in', {
    ...signedOut,
    'POST /auth/login': () => {
      bodies.push(calls.at(-1)?.body);
      return bodies.length === 1 ? problem(403, 'password-change-required') : token;
    },
    'GET /me': () => me(),
  });
  await enter('new@carrier.example', 'one-time');
  const user = userEvent.setup();
  const fresh = await screen.findByLabelText('Your new password');
  await user.type(fresh, 'short');
  await user.click(screen.getByRole('button', { name: 'Save and sign in' }));
  expect(await screen.findByText('Choose a password of at least 12 characters.')).toBeTruthy();
  await user.type(fresh, ' but longer now');
  await user.click(screen.getByRole('button', { name: 'Save and sign in' }));
  await waitFor(() => {
    expect(bodies).toHaveLength(2);
  });
  expect(bodies[1]).toEqual({
    email: 'new@carrier.example',
    password: 'one-time',
    new_password: 'short but longer now',
  });
});
