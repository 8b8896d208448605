import { createRoute } from '@tanstack/react-router';
import { operationsSearch } from '@/features/operations/search';
import { page } from './page';
import { shellRoute } from './shell';

export const operationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations',
  validateSearch: operationsSearch,
  component: page(() => import('@/features/operations/OperationsPage'), 'OperationsPage'),
});

/** One trace, by the reference that error messages and answers carry. */
export const traceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/traces/$traceId',
  component: page(() => import('@/features/operations/traces/TracePage'), 'TracePage'),
});
