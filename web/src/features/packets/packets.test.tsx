import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Packet, Verified } from '@/api';
import { problem, renderApp, signedIn } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';
import { selectionSearch, toDrivers } from './selection';
import { sha256 } from './sha256';

const packet = (more: Partial<Packet> = {}): Packet => ({
  id: 'p1',
  code: 'K7QF-2M9X-4TRD-C',
  title: 'DOT audit, May',
  state: 'done',
  as_of: '2026-05-01',
  originals: false,
  sph: false,
  shows: 'basic',
  total: 2,
  built: 2,
  problem: null,
  archive_size: 2_300_000,
  archive_sha256: 'ab'.repeat(32),
  downloadable: true,
  verify_url: 'http://x/verify/K7QF-2M9X-4TRD-C',
  created_by: 'u1',
  created_by_name: 'Dana Whitfield',
  created_at: '2026-05-01T12:00:00Z',
  finished_at: '2026-05-01T12:01:00Z',
  files_until: '2026-05-31T12:01:00Z',
  revoked_at: null,
  revoke_reason: null,
  ...more,
});

const listed = (...items: Packet[]) => ({
  'GET /packets': () => ({ items, next_cursor: null }),
});

describe('the packets', () => {
  it('shows how far one has come, and follows it until it is ready', async () => {
    let built = 0;
    renderApp(
      '/packets',
      signedIn({
        'GET /packets': () => ({
          items: [
            built < 2
              ? packet({ state: 'building', built: built++, downloadable: false })
              : packet(),
          ],
          next_cursor: null,
        }),
      }),
    );
    expect(await screen.findByText('0 of 2 drivers are done.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Stop' })).toBeTruthy();
    await waitFor(() => screen.getByText('Ready'), { timeout: 6000 });
    expect(screen.getByRole('button', { name: 'Download all (2.3 MB)' })).toBeTruthy();
    await expectAccessible();
  });

  it('asks for what stands in the address', async () => {
    const { calls } = renderApp(
      '/packets?terminal=t1&may_drive=no&as_of=2026-05-01&make=true',
      signedIn({
        ...listed(),
        'GET /drivers': () => ({ as_of: '2026-05-01', items: [], next_cursor: null, total: 7 }),
        'POST /packets': () => packet({ state: 'queued' }),
      }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('7 drivers who match the filters')).toBeTruthy();
    await userEvent.click(within(dialog).getByLabelText('Add the original files'));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Build it' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const sent = calls.find((call) => call.method === 'POST' && call.path === '/packets');
    expect(sent?.body).toMatchObject({
      filter: { terminal: 't1', may_drive: false, employment: 'current' },
      as_of: '2026-05-01',
      originals: true,
      sph: false,
      shows: 'basic',
    });
  });

  it('gives no download of one that was revoked, and says so', async () => {
    renderApp(
      '/packets',
      signedIn(listed(packet({ revoked_at: '2026-05-02T12:00:00Z', downloadable: false }))),
    );
    expect(await screen.findByText('Revoked')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Download all/ })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Revoke' })).toBeNull();
  });
});

const verified: Verified = {
  code: 'K7QF-2M9X-4TRD-C',
  state: 'valid',
  carrier: 'Prairie Line',
  usdot: '314159',
  as_of: '2026-05-01',
  drivers: 2,
  documents: 9,
  built_at: '2026-05-01T12:01:00Z',
  revoked_at: null,
  available: true,
  manifest_sha256: 'cd'.repeat(32),
  audit_entries: 33,
  audit_hash: 'ef'.repeat(32),
  shows: 'basic',
  files: null,
};

/** What browsers have and jsdom lacks; a Buffer, because the digest below is Node's. */
function arrayBuffer(this: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      const bytes = new Uint8Array(reader.result as ArrayBuffer);
      resolve(Buffer.from(bytes) as unknown as ArrayBuffer);
    };
    reader.readAsArrayBuffer(this);
  });
}

describe('verification', () => {
  beforeAll(() => {
    Blob.prototype.arrayBuffer = arrayBuffer;
  });

  it('needs no sign-in, and compares a file by its fingerprint alone', async () => {
    const file = new File(['%PDF packet'], 'packet.pdf', { type: 'application/pdf' });
    const digest = await sha256(file);
    const { calls } = renderApp('/verify/k7qf-2m9x-4trd-c', {
      'GET /verify/k7qf-2m9x-4trd-c': () => verified,
      [`GET /verify/K7QF-2M9X-4TRD-C/${digest}`]: () => ({ found: true, kind: 'pdf', name: null }),
    });
    expect(
      await screen.findByRole('heading', { name: 'Packet K7QF-2M9X-4TRD-C is genuine' }),
    ).toBeTruthy();
    expect(calls.some((call) => call.path === '/auth/refresh')).toBe(false);
    const field = document.querySelector<HTMLInputElement>('input[type=file]');
    await userEvent.upload(field!, file);
    expect(await screen.findByText('packet.pdf is a PDF of this packet, unchanged.')).toBeTruthy();
    expect(calls.every((call) => !JSON.stringify(call.body).includes('%PDF'))).toBe(true);
    await expectAccessible();
  });

  it('says plainly when a packet was revoked, and when there is none', async () => {
    renderApp('/verify/K7QF-2M9X-4TRD-C', {
      'GET /verify/K7QF-2M9X-4TRD-C': () => ({
        ...verified,
        state: 'revoked',
        revoked_at: '2026-05-02T12:00:00Z',
      }),
    });
    expect(await screen.findByRole('heading', { name: /was revoked on/ })).toBeTruthy();
  });

  it('tells nothing of a code it may not show', async () => {
    renderApp('/verify/XXXX', { 'GET /verify/XXXX': () => problem(404, 'packet-unknown') });
    expect(await screen.findByText('No packet can be shown for this code.')).toBeTruthy();
  });
});

it('reads a selection from the address, and nothing else in it', () => {
  const found = selectionSearch({ terminal: 't1', state: 'nonsense', make: 'true', evil: '1' });
  expect(found).toEqual({ as_of: undefined, terminal: 't1', make: true });
  expect(toDrivers({ driver: 'd1', terminal: 't1' })).toEqual({ drivers: ['d1'] });
});
