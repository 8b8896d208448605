import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shared } from '@/api';
import { problem, renderApp } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const shared: Shared = {
  title: 'Audit of May',
  carrier: 'Prairie Line',
  usdot: '314159',
  name: 'Pat Auditor',
  organisation: 'FMCSA',
  watermark: 'Pat Auditor, FMCSA · from Prairie Line · 2026-05-01 12:00 UTC',
  drivers: 1,
  expires_at: '2026-05-15T12:00:00Z',
  packet_ready: true,
};
const nobody = { as_of: '2026-05-01', items: [], next_cursor: null };

beforeEach(() => window.history.replaceState(null, '', '/shared#the-token'));
afterEach(() => window.history.replaceState(null, '', '/'));

describe('an auditor’s way in', () => {
  it('takes the token from behind the #, and out of the address', async () => {
    let inside = false;
    const { calls } = renderApp('/shared', {
      'GET /shared': () => (inside ? shared : problem(401, 'share-signed-out')),
      'POST /shared/sign-in': () => {
        inside = true;
        return shared;
      },
      'GET /shared/drivers': () => nobody,
    });
    await userEvent.type(await screen.findByLabelText(/^Code/), '7KQ2M-9XF4T');
    expect(window.location.hash).toBe('');
    await userEvent.type(screen.getByLabelText(/^Your name/), 'Pat Auditor');
    await userEvent.type(screen.getByLabelText(/^Your organisation/), 'FMCSA');
    await expectAccessible();
    await userEvent.click(screen.getByRole('button', { name: 'Open the files' }));
    expect(await screen.findByRole('heading', { name: 'Driver files for review' })).toBeTruthy();
    expect(calls.find((call) => call.path === '/shared/sign-in')?.body).toEqual({
      link: 'the-token',
      code: '7KQ2M-9XF4T',
      name: 'Pat Auditor',
      organisation: 'FMCSA',
    });
    expect(document.querySelector('[data-watermark]')?.getAttribute('data-watermark')).toBe(
      shared.watermark,
    );
    expect(screen.queryByRole('navigation')).toBeNull();
    expect(calls.some((call) => call.path === '/auth/refresh')).toBe(false);
  });

  it('says what is wrong with a code, and keeps what was entered', async () => {
    renderApp('/shared', {
      'GET /shared': () => problem(401, 'share-signed-out'),
      'POST /shared/sign-in': () => problem(401, 'share-code-wrong'),
    });
    await userEvent.type(await screen.findByLabelText(/^Code/), 'WRONG');
    await userEvent.type(screen.getByLabelText(/^Your name/), 'Pat Auditor');
    await userEvent.type(screen.getByLabelText(/^Your organisation/), 'FMCSA');
    await userEvent.click(screen.getByRole('button', { name: 'Open the files' }));
    expect(await screen.findByText('The link or the code is wrong.')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>(/^Your name/).value).toBe('Pat Auditor');
  });

  it.each([
    ['share-revoked', 'This access was ended by the carrier'],
    ['share-expired', 'This access has run out'],
  ])('shows the end of it (%s) while the page lies open', async (slug, words) => {
    let ended = false;
    renderApp('/shared', {
      'GET /shared': () => (ended ? problem(401, slug) : shared),
      'GET /shared/drivers': () => nobody,
    });
    expect(await screen.findByRole('heading', { name: 'Driver files for review' })).toBeTruthy();
    ended = true;
    await waitFor(() => screen.getByRole('heading', { name: words }), {
      timeout: 8000,
    });
    expect(document.querySelector('[data-watermark]')).toBeNull();
  });
});
