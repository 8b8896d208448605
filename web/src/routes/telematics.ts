import { createRoute } from '@tanstack/react-router';
import { page } from './page';
import { shellRoute } from './shell';

export const telematicsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/telematics',
  component: page(() => import('@/features/telematics/TelematicsPage'), 'TelematicsPage'),
});
