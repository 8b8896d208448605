import { createRoute } from '@tanstack/react-router';
import { oneOf } from '@/core/url';
import { ASSISTANTS_TABS, type AssistantsTab } from '@/features/assistants/tabs';
import { page } from './page';
import { shellRoute } from './shell';

export const assistantsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/assistants',
  validateSearch: (search): { tab?: AssistantsTab | undefined } => ({
    tab: oneOf(ASSISTANTS_TABS, search['tab']),
  }),
  component: page(() => import('@/features/assistants/AssistantsPage'), 'AssistantsPage'),
});
