import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authFetch } from './auth-fetch';
import { acceptToken, resetSession, restore, sessionState } from './session';

const ORIGIN = 'http://localhost:3000';
const REFRESH = '/api/v1/auth/refresh';

/** A server that knows one good access token at a time and rotates it at each refresh. */
function server({ signedIn = true, refreshStatus = 401 } = {}) {
  let issued = 0;
  const calls: string[] = [];
  const answer = (status: number, body: unknown) => Response.json(body, { status });
  const handler = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(typeof input === 'string' ? ORIGIN + input : input, init);
    const { pathname } = new URL(request.url);
    calls.push(pathname);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (pathname === REFRESH) {
      if (!signedIn) return answer(refreshStatus, {});
      issued += 1;
      return answer(200, {
        access_token: `token-${issued}`,
        token_type: 'bearer',
        expires_in: 600,
      });
    }
    const good = request.headers.get('Authorization') === `Bearer token-${issued}`;
    return good ? answer(200, { body: await request.text() }) : answer(401, {});
  };
  vi.stubGlobal('fetch', vi.fn(handler));
  const refreshes = () => calls.filter((path) => path === REFRESH).length;
  return { calls, refreshes, expireAll: () => (issued += 1) };
}

beforeEach(resetSession);
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('silent refresh', () => {
  it('restores the session of a reloaded page from the cookie', async () => {
    const { refreshes } = server();
    expect(await restore()).toBe('signed-in');
    expect((await authFetch(`${ORIGIN}/api/v1/me`)).status).toBe(200);
    expect(refreshes()).toBe(1);
  });

  it('refreshes once for any number of requests that start together', async () => {
    const { refreshes } = server();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => authFetch(`${ORIGIN}/api/v1/me`)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
    expect(refreshes()).toBe(1);
  });

  it('refreshes once when all of them are refused, and repeats each with its body', async () => {
    const { refreshes, expireAll } = server();
    await restore();
    expireAll();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((body) => authFetch(`${ORIGIN}/api/v1/x`, { method: 'POST', body })),
    );
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { body: 'a' },
      { body: 'b' },
      { body: 'c' },
    ]);
    expect(refreshes()).toBe(2);
  });

  it('refreshes ahead of a token that is about to run out', async () => {
    const { refreshes } = server();
    acceptToken({ access_token: 'old', expires_in: 5 });
    expect((await authFetch(`${ORIGIN}/api/v1/me`)).status).toBe(200);
    expect(refreshes()).toBe(1);
  });

  it('waits for the lock other tabs share', async () => {
    const { refreshes } = server();
    const request = vi.fn(async (_: string, run: () => Promise<unknown>) => {
      // Another tab held the lock, refreshed meanwhile, and announced its token.
      acceptToken({ access_token: 'token-0', expires_in: 600 });
      return run();
    });
    vi.stubGlobal('navigator', { locks: { request } });
    expect((await authFetch(`${ORIGIN}/api/v1/me`)).status).toBe(200);
    expect(request).toHaveBeenCalledTimes(1);
    expect(refreshes()).toBe(0);
  });
});

describe('the end of a session', () => {
  it('is known when the cookie is refused, and asked only once', async () => {
    const { refreshes } = server({ signedIn: false });
    expect(await restore()).toBe('signed-out');
    expect((await authFetch(`${ORIGIN}/api/v1/me`)).status).toBe(401);
    expect(refreshes()).toBe(1);
  });

  it('is not what a server without an answer means', async () => {
    server({ signedIn: false, refreshStatus: 503 });
    await restore();
    expect(sessionState()).toBe('unknown');
  });

  it('never sends the token to sign-in', async () => {
    server();
    await restore();
    await authFetch(`${ORIGIN}/api/v1/auth/login`, { method: 'POST' });
    const [request] = vi.mocked(fetch).mock.lastCall!;
    expect((request as Request).headers.get('Authorization')).toBeNull();
  });
});
