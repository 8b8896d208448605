import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from './shell';

export const retentionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/retention',
  component: lazyRouteComponent(
    () => import('@/features/retention/RetentionPage'),
    'RetentionPage',
  ),
});
