import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Waiting } from '@/api';
import { renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { evidence } from '../../../tests/driver-file';

const waiting = (id: string, name: string): Waiting => ({
  driver: {
    id: `d-${id}`,
    employee_id: `E-${id}`,
    first_name: name,
    last_name: 'Ruiz',
    terminal_id: 't1',
    terminal_name: 'Dallas',
  },
  evidence: evidence('2026-02-20', { id, review: 'pending', requirement: 'mec' }),
});

function open(answers: Answers = {}) {
  let items = [waiting('v1', 'Ana'), waiting('v2', 'Ben')];
  const settled = (id: string) => () => {
    items = items.filter((item) => item.evidence.id !== id);
    return {};
  };
  return renderApp(
    '/review',
    signedIn({
      'GET /review': () => ({ items, total: items.length, next_cursor: null }),
      'GET /terminals': () => ({ items: [{ id: 't1', name: 'Dallas' }] }),
      'GET /requirements': () => ({ items: [{ key: 'mec', title: 'Medical certificate' }] }),
      'POST /evidence/v1/review': settled('v1'),
      'POST /evidence/v2/review': settled('v2'),
      ...answers,
    }),
  );
}

const list = async () =>
  within(await screen.findByRole('navigation', { name: 'Waiting for review' }));

describe('the review queue', () => {
  it('is worked through by keyboard: A accepts, and the next one is there', async () => {
    const { calls } = open();
    expect((await list()).getAllByRole('button')).toHaveLength(2);
    await expectAccessible();
    await userEvent.keyboard('a');
    expect(await screen.findByText('Accepted. It counts from now on.')).toBeTruthy();
    await waitFor(async () => expect((await list()).getAllByRole('button')).toHaveLength(1));
    expect(screen.getByRole('link', { name: 'Ben Ruiz' })).toBeTruthy();
    expect(calls.find((call) => call.path === '/evidence/v1/review')?.body).toEqual({
      decision: 'accepted',
      note: null,
    });
  });

  it('returns nothing without a reason, and goes on with J', async () => {
    const { calls } = open();
    await list();
    await userEvent.keyboard('j');
    await userEvent.keyboard('r');
    expect(
      await screen.findByText('Say why, so that the driver knows what to send instead.'),
    ).toBeTruthy();
    expect(document.activeElement?.tagName).toBe('TEXTAREA');
    await userEvent.keyboard('a blurred date{Control>}{Enter}{/Control}');
    expect(await screen.findByText('Returned. The driver sees your reason.')).toBeTruthy();
    expect(calls.find((call) => call.path === '/evidence/v2/review')?.body).toEqual({
      decision: 'rejected',
      note: 'a blurred date',
    });
  });

  it('says when nothing waits', async () => {
    open({ 'GET /review': () => ({ items: [], total: 0, next_cursor: null }) });
    expect(await screen.findByText('Nothing waits for you')).toBeTruthy();
  });
});
