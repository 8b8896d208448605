import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '@/api';
import { OFFLINE } from '@/core/http/problem';
import { put, remove } from '@/core/offline/outbox';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { evidence, fileItem } from '../../../tests/driver-file';
import { agenda } from './agenda';

const items = [
  fileItem('a', 'valid'),
  fileItem('b', 'expiring', { due_on: '2026-03-20' }),
  fileItem('c', 'expiring', { due_on: '2026-03-10' }),
  fileItem('d', 'missing'),
  fileItem('e', 'expired', { forbids_driving: true, due_on: '2026-02-01' }),
  fileItem('f', 'pending_review'),
];

it('orders what to bring: what forbids driving, then by state, then by date', () => {
  expect(agenda(items).map((entry) => entry.requirement)).toEqual(['e', 'd', 'c', 'b']);
});

describe('a driver’s first screen', () => {
  const file = {
    driver: {
      id: 'd1',
      employee_id: 'E1',
      first_name: 'Ana',
      last_name: 'Reyes',
      date_of_birth: null,
      email: null,
      phone: null,
      terminal: { id: 't1', name: 'Memphis', time_zone: 'America/Chicago' },
      employment: null,
      profile: {},
      version: 1,
    },
    as_of: '2026-03-01',
    employed: true,
    may_drive: false,
    reasons: [
      { requirement: 'e', title: 'E', state: 'expired', text: 'E ran out.', citations: [] },
    ],
    restrictions: [],
    items,
  };
  const answers = signedIn({ 'GET /drivers/d1/file': () => file }, 'driver');

  it('has the verdict, three things at most and the camera', async () => {
    renderApp('/', answers);
    expect(await screen.findByRole('heading', { name: 'You can’t drive today' })).toBeTruthy();
    expect(screen.getByText('E ran out.')).toBeTruthy();
    const due = screen.getByRole('region', { name: 'What is due' });
    expect(within(due).getAllByRole('link')).toHaveLength(3);
    expect(within(due).getByText('and 1 more')).toBeTruthy();
    await expectAccessible();
  });

  it('takes the photo into the form', async () => {
    renderApp('/', answers);
    await screen.findByRole('button', { name: /Photograph a document/ });
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
    expect(input.accept).toBe('image/*,application/pdf');
    URL.createObjectURL = () => 'blob:photo';
    URL.revokeObjectURL = () => undefined;
    await userEvent.upload(input, new File(['x'], 'card.jpg', { type: 'image/jpeg' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('card.jpg');
  });

  it('says what came back and why, and what is asked for, and sends each for its requirement', async () => {
    const piece = (review: Evidence['review'], recorded_at: string) =>
      evidence('2026-02-01', {
        id: recorded_at,
        review,
        review_note: review === 'rejected' ? 'The date can’t be read.' : null,
        recorded_at,
      });
    const back = fileItem('d', 'missing', {
      evidence: [piece('rejected', '2026-02-02T10:00:00Z')],
    });
    const sentAnew = fileItem('b', 'pending_review', {
      evidence: [
        piece('rejected', '2026-02-02T10:00:00Z'),
        piece('pending', '2026-02-03T10:00:00Z'),
      ],
    });
    const request = {
      driver_id: 'd1',
      note: 'Both sides, please.',
      due_on: '2026-03-06',
      state: 'open' as const,
      asked_by: 'x',
      asked_by_name: 'Dana',
      asked_at: '2026-02-20T10:00:00Z',
      settled_at: null,
      evidence_id: null,
    };
    const requests = [
      { ...request, id: 'r1', requirement: 'c' },
      { ...request, id: 'r2', requirement: 'd' },
    ];
    renderApp('/', {
      ...answers,
      'GET /drivers/d1/file': () => ({ ...file, items: [back, sentAnew, items[2]] }),
      'GET /me/document-requests': () => ({ items: requests }),
    });
    const panel = await screen.findByRole('region', { name: 'From your safety manager' });
    expect(within(panel).getByText('The date can’t be read.')).toBeTruthy();
    expect(await within(panel).findByText(/Dana asks for it by/)).toBeTruthy();
    expect(within(panel).getAllByRole('listitem')).toHaveLength(2);
    expect(within(panel).getByText('Both sides, please.')).toBeTruthy();
    await expectAccessible();
    await userEvent.click(within(panel).getByRole('button', { name: 'Send it again' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Choose a file' }));
    URL.createObjectURL = () => 'blob:photo';
    URL.revokeObjectURL = () => undefined;
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
    await userEvent.upload(input, new File(['x'], 'card.jpg', { type: 'image/jpeg' }));
    const dialog = await screen.findByRole('dialog', { name: 'Record evidence' });
    const chosen = await within(dialog).findByRole('combobox', { name: /What is it for/ });
    expect((chosen as HTMLInputElement).value).toContain('d');
  });

  it('offers a file where there is no camera', async () => {
    renderApp('/', answers);
    await userEvent.click(await screen.findByRole('button', { name: /Photograph a document/ }));
    expect(await screen.findByText(/The camera can’t be used here/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Choose a file' })).toBeTruthy();
    await expectAccessible();
  });

  it('grows its letters when asked, and remembers', async () => {
    renderApp('/', answers);
    await userEvent.click(await screen.findByRole('switch', { name: 'Large type' }));
    expect(document.documentElement.dataset['type']).toBe('large');
    expect(localStorage.getItem('dot-type')).toBe('large');
    await userEvent.click(screen.getByRole('switch', { name: 'Large type' }));
    expect(document.documentElement.dataset['type']).toBeUndefined();
  });

  it('shows what waits on the phone, and why something was refused', async () => {
    const item = { userId: 'me', path: '/api/v1/x', fields: {}, file: null };
    await put({ ...item, key: 'k1', title: 'Licence', addedAt: 1, refusal: null });
    const refusal = { ...OFFLINE, slug: 'unsupported-file', status: 415, detail: 'A GIF.' };
    await put({ ...item, key: 'k2', title: 'Medical card', addedAt: 2, refusal });
    renderApp('/', { ...answers, 'POST /x': () => problem(503, 'unavailable') });
    const waiting = await screen.findByRole('region', { name: 'Waiting to be sent' });
    expect(within(waiting).getByText('2 documents wait on this phone')).toBeTruthy();
    expect(within(waiting).getByText('Licence')).toBeTruthy();
    const refused = within(waiting).getByText('Medical card').closest('li')!;
    await expectAccessible();
    await userEvent.click(within(refused).getByRole('button', { name: 'Remove from this phone' }));
    expect(await within(waiting).findByText('1 document waits on this phone')).toBeTruthy();
    await remove('k1');
  });
});
