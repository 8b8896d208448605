import { freshToken, refresh, sessionState, type Token } from './session';

/** The ways in: who comes by them has no session yet. */
const OPEN =
  /^\/api\/v1\/auth\/(login|refresh|totp|passkey|passkey\/begin|invitation|invitation\/accept|password\/forgot|password\/reset)$/;
/** For people without an account: verification of packets, and what a cookie of its own lets an auditor see. */
const OUTSIDE = /^\/api\/v1\/(shared|verify)(\/|$)/;

function signed(request: Request, token: Token | null): Request {
  const copy = new Request(request);
  if (token) copy.headers.set('Authorization', `Bearer ${token.value}`);
  return copy;
}

const endedHere = () =>
  Response.json(
    { type: 'https://dot-copilot.dev/problems/session-ended', title: '', status: 401, detail: '' },
    { status: 401 },
  );

/** `fetch` as the signed-in person: adds the token, and after one 401 refreshes and tries once more. */
export async function authFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { pathname } = new URL(request.url);
  if (OPEN.test(pathname) || OUTSIDE.test(pathname)) return fetch(request);
  const spare = request.clone();
  const sent = await freshToken();
  // Nobody is signed in: the server has said so already, and asking again would only fill its log.
  if (sent === null && sessionState() === 'signed-out') return endedHere();
  const first = await fetch(signed(request, sent));
  if (first.status !== 401 || sent === null) return first;
  const token = await refresh(sent);
  return token ? fetch(signed(spare, token)) : first;
}
