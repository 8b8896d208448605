import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { AuditEntry } from '@/api';
import { renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const SHARE = '0198a000-0000-7000-8000-000000000001';

const entry = (seq: number, more: Partial<AuditEntry>): AuditEntry => ({
  seq,
  at: '2026-05-12T15:04:00Z',
  actor: null,
  visitor: null,
  via: `share:${SHARE}`,
  origin: '203.0.113.9',
  action: 'share.opened_file',
  subject_type: 'driver',
  subject_id: '0198a000-0000-7000-8000-000000000002',
  details: {},
  hash: 'ab'.repeat(32),
  ...more,
});

const visitor = (name: string | null, organisation: string | null) => ({
  name,
  organisation,
  share_id: SHARE,
  share: 'Audit of May',
});

const open = (items: AuditEntry[]) =>
  renderApp('/audit', signedIn({ 'GET /audit': () => ({ items, next_cursor: null }) }));

it('names an auditor of a share by what they entered, and which share it was', async () => {
  open([entry(2, { visitor: visitor('Pat Auditor', 'FMCSA Texas Division') })]);
  const sentence = (await screen.findByText('Pat Auditor, FMCSA Texas Division')).parentElement;
  expect(sentence?.textContent).toBe(
    'Pat Auditor, FMCSA Texas Division (a visitor of the share “Audit of May”) opened a file, as an auditor',
  );
  expect(screen.queryByText('The system')).toBeNull();
  await expectAccessible();
});

it('narrows the log to what that visitor did', async () => {
  const { calls } = open([entry(2, { visitor: visitor('Pat Auditor', 'FMCSA') })]);
  await userEvent.click(await screen.findByRole('button', { name: 'Details' }));
  expect(screen.getByText('by way of files shared with an auditor')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Only what Pat Auditor did' }));
  await expect
    .poll(() =>
      calls
        .filter((call) => call.path === '/audit')
        .at(-1)
        ?.query.get('person'),
    )
    .toBe('Pat Auditor');
});

it('says so when a visitor gave no name, and still calls the system the system', async () => {
  open([
    entry(3, { visitor: visitor(null, null) }),
    entry(2, { via: 'job', action: 'document.accepted', subject_type: 'document' }),
  ]);
  expect((await screen.findByText('A visitor without a name')).tagName).toBe('B');
  expect(screen.getByText('The system').tagName).toBe('B');
});
