import { createRoute } from '@tanstack/react-router';
import { reviewFilters } from '@/features/review/filters';
import { page } from './page';
import { shellRoute } from './shell';

export const reviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/review',
  validateSearch: reviewFilters,
  component: page(() => import('@/features/review/ReviewPage'), 'ReviewPage'),
});
