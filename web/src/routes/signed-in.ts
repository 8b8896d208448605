import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { meOptions } from '@/core/auth/me';
import { restore } from '@/core/auth/session';
import { ApiError, OFFLINE } from '@/core/http/problem';
import { takeKept } from '@/core/offline/own-file';
import { getLocale, setLocale, toLocale } from '@/i18n';

const noAnswer = () => new ApiError(OFFLINE);

interface Entering {
  location: { href: string };
  context: { queries: QueryClient };
}

/** `beforeLoad` of what only signed-in people see: others sign in first, and come back here. */
export async function requireSignIn({ location, context }: Entering): Promise<void> {
  const state = await restore();
  if (state === 'unknown') {
    // Without an answer from the server a driver reads what was kept; whether the session still stands is asked later.
    if (await takeKept(context.queries)) return;
    throw noAnswer();
  }
  if (state === 'signed-out') {
    const next = location.href === '/' ? undefined : location.href;
    throw redirect({ to: '/sign-in', search: { next } });
  }
}

/** Its loader: knows who is there before anything renders, and speaks their language. */
export async function loadMe({ context }: { context: { queries: QueryClient } }): Promise<void> {
  const me = await context.queries.query({ ...meOptions(), staleTime: 'static' });
  // The account's language wins over the browser's, once somebody is signed in.
  const locale = toLocale(me.locale);
  if (locale && locale !== getLocale()) await setLocale(locale);
}
