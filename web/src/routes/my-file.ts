import { createRoute } from '@tanstack/react-router';
import { asOfSearch } from '@/core/as-of';
import { page } from './page';
import { shellRoute } from './shell';

/** A driver's own file, without an id in the address. */
export const myFileRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/my-file',
  validateSearch: asOfSearch,
  component: page(() => import('@/features/driver-file/MyFilePage'), 'MyFilePage'),
});
