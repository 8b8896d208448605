import { createRoute } from '@tanstack/react-router';
import { selectionSearch } from '@/features/packets/selection';
import { page } from './page';
import { rootRoute } from './root';
import { shellRoute } from './shell';

export const sharesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/shares',
  validateSearch: selectionSearch,
  component: page(() => import('@/features/shares/SharesPage'), 'SharesPage'),
});

/** An auditor's own pages, outside the shell: they have no account and see nothing of it. */
export const sharedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/shared',
  component: page(() => import('@/features/shared/SharedPage'), 'SharedPage'),
});

export const sharedListRoute = createRoute({
  getParentRoute: () => sharedRoute,
  path: '/',
  component: page(() => import('@/features/shared/SharedList'), 'SharedList'),
});

export const sharedFileRoute = createRoute({
  getParentRoute: () => sharedRoute,
  path: '/$driverId',
  component: page(() => import('@/features/shared/SharedFile'), 'SharedFile'),
});
