import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from './shell';

export const telematicsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/telematics',
  component: lazyRouteComponent(
    () => import('@/features/telematics/TelematicsPage'),
    'TelematicsPage',
  ),
});
