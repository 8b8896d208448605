import { createRoute } from '@tanstack/react-router';
import { NotFound } from '@/ui/feedback/NotFound';
import { shellRoute } from './shell';

/** Everything no page of ours has: inside the shell, so that the way on is there. */
export const notFoundRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '$',
  component: NotFound,
});
