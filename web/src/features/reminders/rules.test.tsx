import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { ReminderRule, ReminderRules } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { holding, toggled } from './rules';

const rule = (
  requirement: string,
  role: ReminderRule['role'],
  steps: ReminderRule['steps'],
): ReminderRule => ({ requirement, role, steps });
const DEFAULTS = [
  rule('*', 'driver', [60, 30, 14, 7, -1]),
  rule('*', 'safety_manager', [30, 14, 7, -1]),
  rule('*', 'supervisor', [14, 7, -1]),
  rule('*', 'admin', []),
  rule('*', 'coach', []),
];

/** A server that keeps the carrier's rules. */
function open(items: ReminderRule[] = [], more: Answers = {}) {
  const state: ReminderRules = { items, defaults: DEFAULTS };
  return renderApp(
    '/settings?tab=reminders',
    signedIn({
      'GET /reminder-rules': () => state,
      'PUT /reminder-rules': () => new Response(null, { status: 204 }),
      'DELETE /reminder-rules/mec': () => {
        state.items = [];
        return new Response(null, { status: 204 });
      },
      'GET /requirements': () => ({
        items: [
          { key: 'mec', title: 'Medical certificate' },
          { key: 'cdl', title: 'License' },
        ],
      }),
      ...more,
    }),
  );
}

const ticked = (name: string) => screen.findByRole<HTMLInputElement>('checkbox', { name });

async function pick(requirement: RegExp) {
  await userEvent.click(await screen.findByRole('combobox', { name: 'Requirement' }));
  await userEvent.click(await screen.findByRole('option', { name: requirement }));
}

describe('the page of reminder rules', () => {
  it('shows what holds without any rule, and saves what is ticked', async () => {
    const { calls } = open();
    expect((await ticked('Driver: 60 days before')).checked).toBe(true);
    expect((await ticked('Driver: 90 days before')).checked).toBe(false);
    expect((await ticked('Administrator: 7 days before')).checked).toBe(false);
    await expectAccessible();
    await userEvent.click(await ticked('Driver: 90 days before'));
    await waitFor(() => {
      expect(calls.find((call) => call.method === 'PUT')?.body).toEqual(
        rule('*', 'driver', [90, 60, 30, 14, 7, -1]),
      );
    });
  });

  it('sets a rule for one requirement, and drops it again', async () => {
    const { calls } = open([rule('mec', 'supervisor', [7])]);
    await pick(/Medical certificate/);
    expect((await ticked('Supervisor: 7 days before')).checked).toBe(true);
    expect((await ticked('Supervisor: 14 days before')).checked).toBe(false);
    expect((await ticked('Driver: 60 days before')).checked).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'Drop this rule of: Supervisor' }));
    await waitFor(async () => {
      expect((await ticked('Supervisor: 14 days before')).checked).toBe(true);
    });
    const dropped = calls.find((call) => call.method === 'DELETE');
    expect([dropped?.path, dropped?.query.get('role')]).toEqual([
      '/reminder-rules/mec',
      'supervisor',
    ]);
  });

  it('says so when a rule can’t be saved', async () => {
    open([], { 'PUT /reminder-rules': () => problem(503, 'unavailable') });
    await userEvent.click(await ticked('Coach: 30 days before'));
    expect(within(await screen.findByRole('alert')).getByText(/Nothing was lost/)).toBeTruthy();
    expect((await ticked('Coach: 30 days before')).checked).toBe(false);
  });
});

describe('what holds', () => {
  const rules: ReminderRules = {
    items: [rule('*', 'driver', [30]), rule('mec', 'driver', [])],
    defaults: DEFAULTS,
  };

  it('is the rule of the requirement, the one for all, or ours', () => {
    expect(holding(rules, 'mec', 'driver')).toEqual({ steps: [], from: 'own' });
    expect(holding(rules, 'cdl', 'driver')).toEqual({ steps: [30], from: 'any' });
    expect(holding(rules, 'cdl', 'supervisor')).toEqual({ steps: [14, 7, -1], from: 'default' });
  });

  it('keeps the steps in order', () => {
    expect(toggled([7, -1], 30)).toEqual([30, 7, -1]);
    expect(toggled([30, 7, -1], 7)).toEqual([30, -1]);
  });
});
