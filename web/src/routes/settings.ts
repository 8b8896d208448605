import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { oneOf } from '@/core/url';
import { shellRoute } from './shell';

export const SETTINGS_TABS = ['profile', 'carrier', 'terminals', 'requirements', 'users'] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  validateSearch: (search): { tab?: SettingsTab | undefined } => ({
    tab: oneOf(SETTINGS_TABS, search['tab']),
  }),
  component: lazyRouteComponent(() => import('@/features/settings/SettingsPage'), 'SettingsPage'),
});
