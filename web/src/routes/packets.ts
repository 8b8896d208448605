import { createRoute } from '@tanstack/react-router';
import { selectionSearch } from '@/features/packets/selection';
import { page } from './page';
import { rootRoute } from './root';
import { shellRoute } from './shell';

export const packetsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/packets',
  validateSearch: selectionSearch,
  component: page(() => import('@/features/packets/PacketsPage'), 'PacketsPage'),
});

/** For anybody who holds a packet, without a sign-in. */
export const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify/$code',
  component: page(() => import('@/features/packets/VerifyPage'), 'VerifyPage'),
});

export const verifyStartRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  component: page(() => import('@/features/packets/VerifyPage'), 'VerifyStart'),
});
