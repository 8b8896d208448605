import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from './shell';

export const bulkRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bulk',
  component: lazyRouteComponent(() => import('@/features/bulk/BulkPage'), 'BulkPage'),
});
