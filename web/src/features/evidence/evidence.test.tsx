import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { driverFile, evidence, fileItem } from '../../../tests/driver-file';

const withEvidence = (entry: Evidence) =>
  driverFile([
    fileItem('mec', 'pending_review', { title: 'Medical certificate', evidence: [entry] }),
  ]);
const pending = evidence('2026-02-20', { id: 'v1', review: 'pending' });

function open(entry: Evidence, answers: Answers = {}) {
  const calls = renderApp(
    '/drivers/d1#req-mec',
    signedIn({
      'GET /drivers/d1/file': () => withEvidence(entry),
      'GET /requirements': () => ({
        items: [
          { key: 'mec', title: 'M', outcomes: ['clear', 'prohibited'], evidence: 'The card' },
        ],
      }),
      ...answers,
    }),
  );
  return calls;
}

describe('evidence in a file', () => {
  it('is accepted by a reviewer', async () => {
    const { calls } = open(pending, {
      'POST /evidence/v1/review': () => ({ ...pending, review: 'accepted' }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Accept' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Accept' }));
    expect(await screen.findByText('Evidence accepted.')).toBeTruthy();
    expect(calls.find((call) => call.path === '/evidence/v1/review')?.body).toEqual({
      decision: 'accepted',
      note: null,
    });
  });

  it('is voided only with a reason', async () => {
    const { calls } = open(
      { ...pending, review: 'accepted' },
      { 'POST /evidence/v1/void': () => pending },
    );
    await userEvent.click(await screen.findByRole('button', { name: /^Void the evidence/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Void it' }));
    expect(dialog.getByText('Give a reason of at least three letters.')).toBeTruthy();
    expect(calls.some((call) => call.path === '/evidence/v1/void')).toBe(false);
    await expectAccessible();
    await userEvent.type(dialog.getByLabelText(/Reason/), 'wrong driver');
    await userEvent.click(dialog.getByRole('button', { name: 'Void it' }));
    expect(await screen.findByText('Evidence voided.')).toBeTruthy();
    expect(calls.find((call) => call.path === '/evidence/v1/void')?.body).toEqual({
      reason: 'wrong driver',
    });
  });

  it('opens its document by a link that needs no token', async () => {
    const document: Evidence['document'] = {
      id: 'doc',
      file_name: 'card.pdf',
      media_type: 'application/pdf',
      size: 1000,
      sha256: 'x',
      state: 'clean',
    };
    open(
      { ...pending, document },
      {
        'POST /documents/doc/link': () => ({
          url: '/api/v1/documents/content/abc',
          expires_at: '2026-03-01T12:05:00Z',
        }),
      },
    );
    const link = await screen.findByRole('link', { name: 'View card.pdf' });
    await screen.findByText('card.pdf', { exact: false });
    expect(link.getAttribute('href')).toBe('/api/v1/documents/content/abc');
    expect(link.getAttribute('rel')).toBe('noreferrer');
  });

  it('keeps what was entered when the server refuses it', async () => {
    open(pending, {
      'POST /drivers/d1/evidence': () =>
        problem(422, 'invalid', { detail: 'That day is before the hire.' }),
    });
    const [first] = await screen.findAllByRole('button', { name: 'Record evidence' });
    await userEvent.click(first!);
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Record it' }));
    expect(dialog.getByText('Choose what the evidence is for.')).toBeTruthy();
    expect(dialog.getByText('Enter the date on the document.')).toBeTruthy();

    await userEvent.click(dialog.getByRole('combobox', { name: /What is it for/ }));
    await userEvent.click(await screen.findByRole('option', { name: /Medical certificate/ }));
    await userEvent.type(dialog.getByLabelText(/Date obtained/), '2026-02-20');
    await userEvent.click(dialog.getByRole('button', { name: 'Record it' }));
    expect(dialog.getByText('Choose the result.')).toBeTruthy();
    await userEvent.click(dialog.getByRole('radio', { name: 'Clear' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Record it' }));
    expect(await dialog.findByText('That day is before the hire.')).toBeTruthy();
    expect(dialog.getByText(/Nothing was lost/)).toBeTruthy();
    expect(dialog.getByLabelText<HTMLInputElement>(/Date obtained/).value).toBe('2026-02-20');
    await expectAccessible();
  });
});
