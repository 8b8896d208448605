import { createRoute } from '@tanstack/react-router';
import { page } from './page';
import { shellRoute } from './shell';

export const bulkRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bulk',
  component: page(() => import('@/features/bulk/BulkPage'), 'BulkPage'),
});
