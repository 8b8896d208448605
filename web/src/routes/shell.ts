import { createRoute } from '@tanstack/react-router';
import { Shell } from '@/ui/shell/Shell';
import { Unreachable } from '@/ui/shell/Unreachable';
import { rootRoute } from './root';
import { loadMe, requireSignIn } from './signed-in';

/** Everything behind sign-in, with the navigation around it. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: requireSignIn,
  loader: loadMe,
  component: Shell,
  errorComponent: Unreachable,
});
