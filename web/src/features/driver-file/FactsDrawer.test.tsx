import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { driver, driverFile, fileItem } from '../../../tests/driver-file';

const answers = (change: Answers[string]): Answers =>
  signedIn({
    'GET /drivers/d1/file': () => driverFile([fileItem('cdl', 'valid')]),
    'PATCH /drivers/d1': change,
  });

async function open() {
  await userEvent.click(await screen.findByRole('button', { name: 'Edit facts' }));
  return within(await screen.findByRole('dialog'));
}

it('has "not known" as a third answer, and sends only what was answered', async () => {
  const { calls } = renderApp(
    '/drivers/d1',
    answers(() => ({ ...driver, version: 8 })),
  );
  const panel = await open();
  const interstate = within(panel.getByRole('radiogroup', { name: 'Interstate commerce' }));
  expect(interstate.getByRole<HTMLInputElement>('radio', { name: 'Not known' }).checked).toBe(true);
  await userEvent.click(interstate.getByRole('radio', { name: 'No' }));
  await userEvent.click(panel.getAllByRole('button', { name: 'Save' })[0]!);
  expect(await screen.findByText(/Facts saved/)).toBeTruthy();
  expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({
    version: 7,
    profile: { interstate: false },
  });
});

it('keeps what was entered when somebody else was quicker', async () => {
  renderApp(
    '/drivers/d1',
    answers(() => problem(409, 'conflict')),
  );
  const panel = await open();
  await userEvent.type(panel.getByLabelText('Phone'), '901 555 0100');
  await userEvent.click(panel.getAllByRole('button', { name: 'Save' })[0]!);
  expect(await panel.findByRole('alert')).toBeTruthy();
  expect(panel.getByLabelText<HTMLInputElement>('Phone').value).toBe('901 555 0100');
});
