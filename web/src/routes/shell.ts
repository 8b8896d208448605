import { createRoute, redirect } from '@tanstack/react-router';
import { meOptions } from '@/core/auth/me';
import { restore } from '@/core/auth/session';
import { ApiError } from '@/core/http/problem';
import { toLocale, getLocale, setLocale } from '@/i18n';
import { Shell } from '@/ui/shell/Shell';
import { Unreachable } from '@/ui/shell/Unreachable';
import { rootRoute } from './root';

const noAnswer = () =>
  new ApiError({ slug: 'offline', status: 0, title: '', detail: '', fields: [], retryAfter: null });

/** Everything behind sign-in. Its loader knows who is there before anything renders. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    const state = await restore();
    if (state === 'unknown') throw noAnswer();
    if (state === 'signed-out') {
      const next = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: { next } });
    }
  },
  loader: async ({ context }) => {
    const me = await context.queries.query({ ...meOptions(), staleTime: 'static' });
    // The account's language wins over the browser's, once somebody is signed in.
    const locale = toLocale(me.locale);
    if (locale && locale !== getLocale()) await setLocale(locale);
  },
  component: Shell,
  errorComponent: Unreachable,
});
