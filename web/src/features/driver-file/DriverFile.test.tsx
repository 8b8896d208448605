import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Role } from '@/api';
import { renderApp, signedIn, problem, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { driverFile, evidence, fileItem } from '../../../tests/driver-file';

const cite = { cfr: '49 CFR 391.45', url: 'https://www.ecfr.gov/391.45' };
const expired = fileItem('mec', 'expired', {
  title: 'Medical certificate',
  forbids_driving: true,
  due_on: '2026-02-28',
  valid_until: '2026-02-28',
  citations: [cite],
  explanation: {
    summary: 'Medical certificate ran out on March 1, 2026',
    steps: [{ text: 'Exam', date: '2024-02-29' }, { text: 'Card says February 28, 2026' }],
  },
  notes: [{ code: 'no_document', text: 'There is a date, but no document behind it' }],
  evidence: [evidence('2024-02-29', { provenance: 'roster' })],
});
const file = driverFile(
  [expired, fileItem('cdl', 'valid', { title: 'License', valid_until: '2028-01-01' })],
  {
    may_drive: false,
    reasons: [
      {
        requirement: 'mec',
        title: 'Medical certificate',
        state: 'expired',
        text: 'Medical certificate ran out on March 1, 2026 – 49 CFR 391.45',
        citations: [cite],
      },
    ],
  },
);
const renewed = driverFile([
  { ...expired, state: 'valid', forbids_driving: false, valid_until: '2028-02-28' },
  file.items[1]!,
]);
const rules = {
  items: [{ key: 'mec', title: 'Medical certificate', outcomes: [], evidence: 'The card' }],
};

const answers = (more: Answers = {}, role?: Role): Answers =>
  signedIn({ 'GET /drivers/d1/file': () => file, 'GET /requirements': () => rules, ...more }, role);

describe('a driver’s file', () => {
  it('answers first, then says why, with the rule', async () => {
    renderApp('/drivers/d1', answers());
    expect(await screen.findByRole('heading', { name: 'Can’t drive today' })).toBeTruthy();
    expect(screen.getByText('Medical certificate ran out on March 1, 2026')).toBeTruthy();
    const rule = screen.getByRole('link', { name: /49 CFR 391.45 \(opens eCFR/ });
    expect(rule.getAttribute('href')).toBe(cite.url);
    await expectAccessible();
  });

  it('unfolds a row in place: arithmetic, lesser gap, evidence', async () => {
    renderApp('/drivers/d1', answers());
    const row = await screen.findByRole('button', { name: 'Medical certificate' });
    expect(row.getAttribute('aria-expanded')).toBe('false');
    await userEvent.click(row);
    expect(row.getAttribute('aria-expanded')).toBe('true');
    expect(await screen.findByText('Card says February 28, 2026')).toBeTruthy();
    expect(screen.getByText('There is a date, but no document behind it')).toBeTruthy();
    expect(screen.getByText('From your roster, no document', { exact: false })).toBeTruthy();
    await expectAccessible();
  });

  it('opens the row a link names', async () => {
    renderApp('/drivers/d1#req-cdl', answers());
    const row = await screen.findByRole('button', { name: 'License' });
    expect(row.getAttribute('aria-expanded')).toBe('true');
  });

  it('replays the day of the address and leads back to today', async () => {
    const { calls, address } = renderApp('/drivers/d1?as_of=2025-07-01', {
      ...answers(),
      'GET /drivers/d1/file': (request) =>
        request.url.includes('as_of=2025-07-01') ? { ...renewed, as_of: '2025-07-01' } : file,
    });
    expect(await screen.findByRole('heading', { name: 'May drive on July 1, 2025' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Back to today' }));
    expect(await screen.findByRole('heading', { name: 'Can’t drive today' })).toBeTruthy();
    expect(address()).toBe('/drivers/d1');
    const asked = calls.filter((call) => call.path === '/drivers/d1/file');
    expect(asked.map((call) => call.query.get('as_of'))).toEqual(['2025-07-01', null]);
  });

  it('records evidence and marks the state that changed', async () => {
    let recorded = false;
    const { calls } = renderApp('/drivers/d1', {
      ...answers(),
      'GET /drivers/d1/file': () => (recorded ? renewed : file),
      'POST /drivers/d1/evidence': () => {
        recorded = true;
        return evidence('2026-02-28');
      },
    });
    const [, inRow] = await screen.findAllByRole('button', {
      name: 'Record evidence: Medical certificate',
    });
    await userEvent.click(inRow!);
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(within(dialog).getByLabelText(/Date obtained/), '2026-02-28');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Record it' }));
    expect(await screen.findByText('was: Ran out')).toBeTruthy();
    expect(
      screen.getByText('Medical certificate: was Ran out, now Valid.', { exact: false }),
    ).toBeTruthy();
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(
      calls.find((call) => call.method === 'POST' && call.path.endsWith('/evidence'))?.body,
    ).toEqual({ requirement: 'mec', obtained_on: '2026-02-28' });
  });

  it('keeps what does not apply behind one line', async () => {
    renderApp('/drivers/d1', {
      ...answers(),
      'GET /drivers/d1/file': () =>
        driverFile([fileItem('cdl', 'valid'), fileItem('twic', 'not_applicable')]),
    });
    const line = await screen.findByRole('button', { name: '1 requirement does not apply' });
    expect(screen.queryByText('Title of twic')).toBeNull();
    await userEvent.click(line);
    expect(screen.getByText('Title of twic')).toBeTruthy();
  });

  it('offers nothing an auditor may not do', async () => {
    renderApp('/drivers/d1', answers({}, 'auditor'));
    expect(await screen.findByRole('heading', { name: 'Can’t drive today' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Record evidence/ })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Edit facts' })).toBeNull();
  });

  it('says what went wrong and tries again', async () => {
    let broken = true;
    renderApp('/drivers/d1', {
      ...answers(),
      'GET /drivers/d1/file': () => (broken ? problem(503, 'unavailable') : file),
    });
    const again = await screen.findByRole('button', { name: 'Try again' });
    broken = false;
    await userEvent.click(again);
    expect(await screen.findByRole('heading', { name: 'Can’t drive today' })).toBeTruthy();
  });
});
