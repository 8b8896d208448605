import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { importSearch } from '@/features/roster/steps';
import { shellRoute } from './shell';

export const importsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports',
  component: lazyRouteComponent(() => import('@/features/roster/ImportsPage'), 'ImportsPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$importId',
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import('@/features/roster/ImportPage'), 'ImportPage'),
});
