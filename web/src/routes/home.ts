import { createRoute } from '@tanstack/react-router';
import { asOfSearch } from '@/core/as-of';
import { page } from './page';
import { shellRoute } from './shell';

/** The duty board, or for a driver the own file. */
export const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: asOfSearch,
  component: page(() => import('@/features/home/HomePage'), 'HomePage'),
});
