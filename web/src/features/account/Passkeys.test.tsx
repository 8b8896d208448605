import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const phone = {
  id: 'k1',
  name: 'Work phone',
  created_at: '2026-11-01T08:00:00Z',
  last_used_at: null,
};

const open = (answers: Answers) =>
  renderApp(
    '/settings?tab=profile',
    signedIn({
      'GET /me/second-factors': () => ({
        totp: false,
        passkeys: 1,
        recovery_codes_left: 0,
        required: true,
        fresh_until: null,
      }),
      'GET /me/sessions': () => ({ items: [] }),
      'GET /me/passkeys': () => ({ items: [phone] }),
      ...answers,
    }),
  );

it('shows each passkey with its last use, and says where none can be made', async () => {
  open({});
  const row = (await screen.findByText('Work phone')).closest('li');
  expect(row?.textContent).toContain('not used yet');
  expect(screen.getByText(/This browser can’t make passkeys here/)).toBeTruthy();
  await expectAccessible();
});

it('gives a passkey another name', async () => {
  const { calls } = open({ 'PATCH /me/passkeys/k1': () => ({ ...phone, name: 'Old phone' }) });
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Rename Work phone' }));
  const dialog = await screen.findByRole('dialog');
  const name = within(dialog).getByRole('textbox', { name: 'Name' });
  await user.clear(name);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(within(dialog).getByText('Enter a name.')).toBeTruthy();
  await user.type(name, 'Old phone{Enter}');
  await waitFor(() => {
    expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ name: 'Old phone' });
  });
});

it('says why the only second factor stays', async () => {
  open({ 'DELETE /me/passkeys/k1': () => problem(409, 'last-second-factor') });
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Remove Work phone' }));
  const dialog = await screen.findByRole('dialog', { name: 'Remove the passkey Work phone?' });
  await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
  expect((await within(dialog).findByRole('alert')).textContent).toContain(
    'Add another passkey or a code generator first.',
  );
});
