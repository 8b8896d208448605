import { createRoute } from '@tanstack/react-router';
import { importSearch } from '@/features/roster/steps';
import { page } from './page';
import { shellRoute } from './shell';

export const importsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports',
  component: page(() => import('@/features/roster/ImportsPage'), 'ImportsPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$importId',
  validateSearch: importSearch,
  component: page(() => import('@/features/roster/ImportPage'), 'ImportPage'),
});
