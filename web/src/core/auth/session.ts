/**
 * The signed-in session of this browser.
 *
 * The access token lives in this module's memory only; the refresh token is an httpOnly cookie no script can read.
 * Refreshing rotates that cookie and a reused one ends the session, so exactly one refresh may run at a time: across
 * the requests of a tab by sharing one promise, across tabs by a Web Lock. Whoever waited for the lock takes the
 * token the other tab has just announced instead of refreshing again.
 */

import { apiCredentials, apiUrl } from '@/core/http/api-origin';

export type SessionState = 'unknown' | 'signed-in' | 'signed-out';

export interface Token {
  value: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

type Announcement = { kind: 'token'; token: Token } | { kind: 'signed-out' };

/** Refresh a little early: a token that dies on the wire costs a round trip. */
const MARGIN_MS = 20_000;
const NAME = 'dot-session';
const REFRESH_URL = '/api/v1/auth/refresh';

let token: Token | null = null;
let state: SessionState = 'unknown';
let running: Promise<Token | null> | null = null;
const listeners = new Set<() => void>();

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
if (channel) {
  channel.onmessage = ({ data }: MessageEvent<Announcement>) => {
    if (data.kind === 'token') become('signed-in', data.token);
    else become('signed-out', null);
  };
}

function become(next: SessionState, value: Token | null): void {
  token = value;
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

const isFresh = (value: Token | null): value is Token =>
  value !== null && value.expiresAt - MARGIN_MS > Date.now();

export const sessionState = (): SessionState => state;

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes over the answer of sign-in or refresh and tells the other tabs. */
export function acceptToken(answer: { access_token: string; expires_in: number }): Token {
  const accepted = {
    value: answer.access_token,
    expiresAt: Date.now() + answer.expires_in * 1000,
  };
  become('signed-in', accepted);
  channel?.postMessage({ kind: 'token', token: accepted } satisfies Announcement);
  return accepted;
}

/** Forgets the token here and in the other tabs. */
export function forgetSession(): void {
  become('signed-out', null);
  channel?.postMessage({ kind: 'signed-out' } satisfies Announcement);
}

/** One refresh, without any guard. Null: the server says nobody is signed in. Throws when no answer came. */
async function refreshOnce(): Promise<Token | null> {
  const response = await fetch(apiUrl(REFRESH_URL), {
    method: 'POST',
    credentials: apiCredentials(),
  });
  if (response.ok) {
    return acceptToken((await response.json()) as { access_token: string; expires_in: number });
  }
  // An answer nobody reads keeps the connection busy.
  await response.body?.cancel();
  if (response.status >= 500 || response.status === 429) {
    throw new TypeError(`refresh answered ${response.status}`);
  }
  forgetSession();
  return null;
}

async function alone(refused: Token | null): Promise<Token | null> {
  const attempt = () => (token !== refused && isFresh(token) ? token : refreshOnce());
  // Locks need a secure context; on plain http (not localhost) only the tab's own requests share.
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return attempt();
  return navigator.locks.request<Promise<Token | null>>(NAME, async () => attempt());
}

/** A new token in place of the one that was refused; concurrent callers share one refresh. */
export function refresh(refused: Token | null): Promise<Token | null> {
  if (token !== refused && isFresh(token)) return Promise.resolve(token);
  running ??= alone(refused).finally(() => {
    running = null;
  });
  return running;
}

/** A token that is good for the next seconds; refreshes silently when there is none. */
export async function freshToken(): Promise<Token | null> {
  if (isFresh(token)) return token;
  if (state === 'signed-out') return null;
  return refresh(token);
}

/** Called before the first page: is somebody signed in? No answer from the server leaves the state unknown. */
export async function restore(): Promise<SessionState> {
  if (state === 'unknown') {
    try {
      await freshToken();
    } catch {
      // Offline: the shell says so and offers another try.
    }
  }
  return state;
}

/** Only for tests: forget everything, as a new page would. */
export function resetSession(): void {
  token = null;
  state = 'unknown';
  running = null;
}
