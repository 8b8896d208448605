import { createRoute } from '@tanstack/react-router';
import { page } from './page';
import { shellRoute } from './shell';

export const retentionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/retention',
  component: page(() => import('@/features/retention/RetentionPage'), 'RetentionPage'),
});
