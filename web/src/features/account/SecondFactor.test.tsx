import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const none = { totp: false, recovery_codes_left: 0, required: false, fresh_until: null };
const done = () => new Response(null, { status: 204 });
const here = {
  id: 's1',
  current: true,
  user_agent: null,
  address: null,
  created_at: '2026-11-01T08:00:00Z',
  refreshed_at: '2026-11-28T08:00:00Z',
  expires_at: '2026-12-28T08:00:00Z',
};

const open = (answers: Answers) =>
  renderApp(
    '/settings?tab=profile',
    signedIn({ 'GET /me/sessions': () => ({ items: [here] }), ...answers }),
  );
const press = async (name: string) => {
  await userEvent.click(await screen.findByRole('button', { name }));
};

it('sets a code generator up after fresh proof, and shows the recovery codes once', async () => {
  let fresh = false;
  let totp = false;
  const { calls } = open({
    'GET /me/second-factors': () => ({ ...none, totp, recovery_codes_left: totp ? 2 : 0 }),
    'POST /auth/confirm': () => {
      fresh = true;
      return done();
    },
    'POST /me/totp': () =>
      fresh
        ? { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/x', qr_svg: '<svg/>' }
        : problem(403, 'confirm-first'),
    'POST /me/totp/confirm': () => {
      totp = true;
      return { codes: ['aaaa-bbbb', 'cccc-dddd'] };
    },
  });
  await press('Set up a code generator');

  // The answer was `confirm-first`: the password, and then the same request again.
  await userEvent.type(
    await screen.findByLabelText('Password', { selector: 'input' }),
    'correct horse battery',
  );
  expect(screen.queryByLabelText('Code')).toBeNull();
  await expectAccessible();
  await press('Go on');

  expect(await screen.findByText('JBSWY3DPEHPK3PXP')).toBeTruthy();
  expect(screen.getByRole('img', { name: 'QR code for your authenticator app' })).toBeTruthy();
  await press('Turn on');
  expect(await screen.findByText('Enter the six digits that the app shows.')).toBeTruthy();
  await userEvent.type(screen.getByLabelText('Code from the app'), '123 456');
  await expectAccessible();
  await press('Turn on');

  expect(await screen.findByText('cccc-dddd')).toBeTruthy();
  await expectAccessible();
  await press('I have kept them');
  expect(await screen.findByText('2 recovery codes are left.')).toBeTruthy();
  await waitFor(() => {
    expect(screen.queryByText('cccc-dddd')).toBeNull();
  });
  const sent = calls.filter(({ method, path }) => method === 'POST' && path !== '/auth/refresh');
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ['/me/totp', ''],
    ['/auth/confirm', { password: 'correct horse battery', code: null }],
    ['/me/totp', ''],
    ['/me/totp/confirm', { code: '123456' }],
  ]);
});

it('asks for a code too where there is a generator, and says which part of the proof was wrong', async () => {
  let on = true;
  let fresh = false;
  const tries: unknown[] = [];
  const { calls } = open({
    'GET /me/second-factors': () => ({ ...none, totp: on, recovery_codes_left: 9, required: true }),
    'POST /auth/confirm': () => {
      tries.push(calls.at(-1)?.body);
      if (tries.length === 1) return problem(403, 'second-factor-wrong');
      fresh = true;
      return done();
    },
    'DELETE /me/totp': () => {
      if (!fresh) return problem(403, 'confirm-first');
      on = false;
      return done();
    },
  });
  await press('Turn off');
  expect(await screen.findByText(/you have to set up another/)).toBeTruthy();
  await userEvent.click((await screen.findAllByRole('button', { name: 'Turn off' })).at(-1)!);
  await userEvent.type(
    await screen.findByLabelText('Password', { selector: 'input' }),
    'correct horse battery',
  );
  await press('Go on');
  expect(await screen.findByText('Enter the code.')).toBeTruthy();
  await userEvent.type(screen.getByLabelText('Code'), '000000');
  await press('Go on');
  expect(await screen.findByText('This code is not right, or was used before.')).toBeTruthy();
  await userEvent.clear(screen.getByLabelText('Code'));
  await userEvent.type(screen.getByLabelText('Code'), '654321');
  await press('Go on');
  expect(await screen.findByText('Your carrier asks your role for one.')).toBeTruthy();
  expect(tries).toHaveLength(2);
});

it('changes nothing when the proof is not given, and says so', async () => {
  const { calls } = open({
    'GET /me/second-factors': () => ({ ...none, totp: true, recovery_codes_left: 1 }),
    'POST /me/recovery-codes': () => problem(403, 'confirm-first'),
  });
  await press('New recovery codes');
  await userEvent.click(
    (await screen.findAllByRole('button', { name: 'New recovery codes' })).at(-1)!,
  );
  await screen.findByLabelText('Password', { selector: 'input' });
  await userEvent.click(screen.getAllByRole('button', { name: 'Cancel' }).at(-1)!);
  expect(await screen.findByText('Show that it is you.')).toBeTruthy();
  expect(calls.filter(({ path }) => path === '/me/recovery-codes')).toHaveLength(1);
});

it('signs out everywhere else, and stays signed in here', async () => {
  let others = true;
  open({
    'GET /me/second-factors': () => none,
    'GET /me/sessions': () => ({
      items: [here, ...(others ? [{ ...here, id: 's2', current: false }] : [])],
    }),
    'DELETE /me/sessions': () => {
      others = false;
      return done();
    },
  });
  await press('Sign out everywhere else');
  await waitFor(() => {
    expect(screen.queryByRole('button', { name: 'Sign out everywhere else' })).toBeNull();
  });
  expect(screen.getByRole('button', { name: 'Sign out everywhere' })).toBeTruthy();
  await expectAccessible();
});
