import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { reviewFilters } from '@/features/review/filters';
import { shellRoute } from './shell';

export const reviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/review',
  validateSearch: reviewFilters,
  component: lazyRouteComponent(() => import('@/features/review/ReviewPage'), 'ReviewPage'),
});
