import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { restore } from '@/core/auth/session';
import { someText } from '@/core/url';
import { rootRoute } from './root';

export interface SignInSearch {
  /** Where the reader wanted to go; a path of this site only. */
  next?: string | undefined;
}

/** Only paths of our own: `//evil.example` would leave the site. */
export function safeNext(value: unknown): string | undefined {
  const path = someText(value, 2000);
  return path !== undefined && /^\/(?![/\\])/.test(path) ? path : undefined;
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): SignInSearch => ({ next: safeNext(search['next']) }),
  beforeLoad: async ({ search }) => {
    if ((await restore()) === 'signed-in') throw redirect({ href: search.next ?? '/' });
  },
  component: lazyRouteComponent(() => import('@/features/sign-in/SignInPage'), 'SignInPage'),
});

export const forgotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('@/features/sign-in/LinkPages'), 'ForgotPage'),
});

/** From a mail: what opens it stands after the #, which no server is told. */
export const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('@/features/sign-in/LinkPages'), 'ResetPage'),
});

export const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(() => import('@/features/sign-in/LinkPages'), 'InvitationPage'),
});
