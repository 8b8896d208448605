import { createRoute } from '@tanstack/react-router';
import { oneOf } from '@/core/url';
import { SETTINGS_TABS, type SettingsTab } from '@/features/settings/tabs';
import { page } from './page';
import { shellRoute } from './shell';

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  validateSearch: (search): { tab?: SettingsTab | undefined } => ({
    tab: oneOf(SETTINGS_TABS, search['tab']),
  }),
  component: page(() => import('@/features/settings/SettingsPage'), 'SettingsPage'),
});
