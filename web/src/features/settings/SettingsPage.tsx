import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { useMe } from '@/core/auth/me';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { Page } from '@/ui/layout/Page';
import { PageLoading } from '@/ui/feedback/PageLoading';
import classes from './settings.module.css';
import { SETTINGS_TABS, tabsFor, type SettingsTab } from './tabs';

const PAGES: Record<SettingsTab, LazyExoticComponent<ComponentType>> = {
  profile: lazy(() => import('./Account')),
  carrier: lazy(() => import('./Carrier')),
  terminals: lazy(() => import('./Terminals')),
  requirements: lazy(() => import('./Requirements')),
  acknowledgements: lazy(() => import('@/features/acknowledgements/Forms')),
  reminders: lazy(() => import('@/features/reminders/Rules')),
  users: lazy(() => import('./Users')),
};
const route = getRouteApi('/shell/settings');

export function SettingsPage() {
  const t = useT();
  const tabs = tabsFor(useMe());
  const wanted = route.useSearch().tab;
  const navigate = route.useNavigate();
  const active = tabs.find((tab) => tab === wanted) ?? 'profile';
  return (
    <Page title={t('settings.title')}>
      <Tabs
        value={active}
        keepMounted={false}
        onChange={(value) => void navigate({ search: { tab: oneOf(SETTINGS_TABS, value) } })}
      >
        {tabs.length > 1 && (
          <Tabs.List className={classes.tabs}>
            {tabs.map((tab) => (
              <Tabs.Tab key={tab} value={tab} className={classes.tab}>
                {t(`settings.tab.${tab}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        )}
        {tabs.map((tab) => {
          const Content = PAGES[tab];
          return (
            <Tabs.Panel key={tab} value={tab} className={classes.content}>
              <Suspense fallback={<PageLoading />}>
                <Content />
              </Suspense>
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </Page>
  );
}
