import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMe } from '@/api';
import { acceptToken, resetSession } from '@/core/auth/session';
import { configureClient } from './client';
import { problemOf, toProblem } from './problem';
import { traceparent } from './trace';

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/;

beforeEach(() => {
  resetSession();
  acceptToken({ access_token: 'first', expires_in: 600 });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the trace of a call', () => {
  it('is a valid one, and another each time', () => {
    const made = Array.from({ length: 100 }, traceparent);
    expect(made.every((one) => VALID.test(one))).toBe(true);
    expect(new Set(made).size).toBe(100);
  });

  it('is never all zeros, whatever chance gives', () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => array);
    expect(traceparent()).toMatch(VALID);
  });

  it('travels with each call of the API', async () => {
    const sent: (string | null)[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
      sent.push(request.headers.get('traceparent'));
      return Promise.resolve(Response.json({}));
    });
    configureClient();
    await readMe();
    await readMe();
    expect(sent.every((one) => VALID.test(one ?? ''))).toBe(true);
    expect(new Set(sent).size).toBe(2);
  });

  it('comes back in a problem, for support to find it by', () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = new Response(null, { status: 500 });
    expect(toProblem({ trace_id: trace }, answer).traceId).toBe(trace);
    expect(toProblem(null, undefined).traceId).toBe('');
    expect(problemOf(new Error('other'))).toBeNull();
  });
});
