import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Kept, LegalHold } from '@/api';
import { me, problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { driverFile, fileItem } from '../../../tests/driver-file';

const kept = (more: Partial<Kept> = {}): Kept => ({
  document_id: 'doc',
  file_name: 'card.pdf',
  size: 1000,
  requirements: ['mec'],
  obtained_on: '2020-01-01',
  clock: 'document',
  kept_until: '2023-01-01',
  purgeable_from: '2023-01-02',
  newest: false,
  held: false,
  purged_at: null,
  ...more,
});
const hold = (more: Partial<LegalHold> = {}): LegalHold => ({
  id: 'h1',
  driver_id: 'd1',
  driver_name: 'Ana Ruiz',
  document_id: null,
  file_name: null,
  reason: 'Claim 4711',
  set_by: 'me',
  set_by_name: 'Dana Whitfield',
  set_at: '2026-02-20T10:00:00Z',
  lifted_at: null,
  lift_reason: null,
  ...more,
});

describe('under a driver’s file', () => {
  function open(holds: LegalHold[] = [], more: Answers = {}) {
    const state = { as_of: '2026-03-01', documents: [kept()], holds };
    return renderApp(
      '/drivers/d1',
      signedIn({
        'GET /drivers/d1/file': () =>
          driverFile([fileItem('mec', 'valid', { title: 'Medical certificate' })]),
        'GET /drivers/d1/retention': () => state,
        'GET /drivers/d1/document-requests': () => ({ items: [] }),
        'POST /drivers/d1/legal-holds': () => {
          state.holds = [hold({ document_id: 'doc', file_name: 'card.pdf' })];
          return state.holds[0];
        },
        ...more,
      }),
    );
  }

  it('one document is held with a reason, and says who, when and why', async () => {
    const { calls } = open();
    await userEvent.click(await screen.findByRole('button', { name: 'Hold card.pdf' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Hold' }));
    expect(dialog.getByText('Give a reason of at least three letters.')).toBeTruthy();
    await userEvent.type(dialog.getByLabelText(/Reason/), 'Claim 4711');
    await expectAccessible();
    await userEvent.click(dialog.getByRole('button', { name: 'Hold' }));
    expect(
      await screen.findByText('Since Feb 20, 2026, set by Dana Whitfield: Claim 4711'),
    ).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Hold card.pdf' })).toBeNull();
    expect(calls.find((call) => call.path === '/drivers/d1/legal-holds')?.body).toEqual({
      document_id: 'doc',
      reason: 'Claim 4711',
    });
  });

  it('a hold on the whole file is told with its day and person', async () => {
    open([hold()]);
    expect(await screen.findByText('A legal hold is on this file: Claim 4711')).toBeTruthy();
    expect(screen.getByText(/Feb 20, 2026.*Dana Whitfield/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Set a legal hold' })).toBeNull();
  });

  it('what was entered stays when the server refuses it', async () => {
    open([], { 'POST /drivers/d1/legal-holds': () => problem(409, 'legal-hold-stands') });
    await userEvent.click(await screen.findByRole('button', { name: 'Hold card.pdf' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText(/Reason/), 'Claim 4711');
    await userEvent.click(dialog.getByRole('button', { name: 'Hold' }));
    expect(await dialog.findByText('A legal hold is on it already.')).toBeTruthy();
    expect(dialog.getByLabelText<HTMLTextAreaElement>(/Reason/).value).toBe('Claim 4711');
  });
});

describe('the retention page', () => {
  const driver = { id: 'd1', employee_id: 'E1', name: 'Ana Ruiz', terminated_on: '2022-12-31' };

  function open(permission: boolean) {
    const gone: string[] = [];
    const answers = signedIn({
      'GET /retention/purgeable': () => ({
        as_of: '2026-03-01',
        items: gone.length > 0 ? [] : [{ driver, document: kept() }],
        next_cursor: null,
      }),
      'GET /legal-holds': () => ({ items: gone.includes('h1') ? [] : [hold()] }),
      'POST /documents/doc/purge': () => {
        gone.push('doc');
        return kept({ purged_at: '2026-03-01T12:00:00Z' });
      },
      'POST /legal-holds/h1/lift': () => {
        gone.push('h1');
        return hold({ lifted_at: '2026-03-01T12:00:00Z', lift_reason: 'Settled' });
      },
    });
    const person = me();
    const permissions = permission
      ? [...person.permissions, 'retention:manage' as const]
      : person.permissions;
    return renderApp('/retention', { ...answers, 'GET /me': () => ({ ...person, permissions }) });
  }

  it('removes what may go, with a reason only', async () => {
    const { calls } = open(true);
    await userEvent.click(await screen.findByRole('button', { name: 'Purge card.pdf' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Purge' }));
    expect(calls.some((call) => call.path === '/documents/doc/purge')).toBe(false);
    await userEvent.type(dialog.getByLabelText(/Reason/), 'Time is over');
    await expectAccessible();
    await userEvent.click(dialog.getByRole('button', { name: 'Purge' }));
    expect(await screen.findByText('Nothing may go today')).toBeTruthy();
    expect(calls.find((call) => call.path === '/documents/doc/purge')?.body).toEqual({
      reason: 'Time is over',
    });
  });

  it('lifts a hold', async () => {
    const { calls } = open(true);
    await userEvent.click(await screen.findByRole('button', { name: /^Lift the hold on Ana/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText(/Reason/), 'Settled');
    await userEvent.click(dialog.getByRole('button', { name: 'Lift' }));
    expect(await screen.findByText('No legal hold stands.')).toBeTruthy();
    expect(calls.find((call) => call.path === '/legal-holds/h1/lift')?.body).toEqual({
      reason: 'Settled',
    });
  });

  it('shows both to others, and lets them change nothing', async () => {
    open(false);
    expect(await screen.findByText('Claim 4711')).toBeTruthy();
    await waitFor(() => {
      expect(screen.getAllByText(/card\.pdf/).length).toBeGreaterThan(0);
    });
    expect(screen.queryByRole('button', { name: /^(Purge|Lift)/ })).toBeNull();
    await expectAccessible();
  });
});
