import { createRoute } from '@tanstack/react-router';
import { someText } from '@/core/url';
import { Unreachable } from '@/ui/shell/Unreachable';
import { page } from './page';
import { rootRoute } from './root';
import { loadMe, requireSignIn } from './signed-in';

/** Where an assistant sends its person to be let in. One question, so there is no navigation around it. */
export const connectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connect',
  validateSearch: (search): { request?: string | undefined } => ({
    request: someText(search['request'], 64),
  }),
  beforeLoad: requireSignIn,
  loader: loadMe,
  component: page(() => import('@/features/connect/ConnectPage'), 'ConnectPage'),
  errorComponent: Unreachable,
});
