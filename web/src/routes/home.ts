import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { asOfSearch } from '@/core/as-of';
import { shellRoute } from './shell';

/** The duty board, or for a driver the own file. */
export const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: asOfSearch,
  component: lazyRouteComponent(() => import('@/features/home/HomePage'), 'HomePage'),
});
