import { Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { listQuarantineOptions } from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { oneOf } from '@/core/url';
import { useT } from '@/i18n/react';
import { PageLoading } from '@/ui/feedback/PageLoading';
import { Page } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import classes from './assistants.module.css';
import { ASSISTANTS_TABS, decides, tabsFor, type AssistantsTab } from './tabs';

const PAGES: Record<AssistantsTab, LazyExoticComponent<ComponentType>> = {
  mine: lazy(() => import('./Mine')),
  tools: lazy(() => import('./Tools')),
  servers: lazy(() => import('./Servers')),
  calls: lazy(() => import('./Calls')),
  transcript: lazy(() => import('./Transcript')),
};
const route = getRouteApi('/shell/assistants');

/** Who acts for whom, through which tools, and what they did. */
export function AssistantsPage() {
  const t = useT();
  const tabs = tabsFor(useMe());
  const wanted = route.useSearch().tab;
  const navigate = route.useNavigate();
  const active = tabs.find((tab) => tab === wanted) ?? 'mine';
  return (
    <Page title={t('assistants.title')} lead={t('assistants.lead')}>
      {active !== 'servers' && <Waiting />}
      <Tabs
        value={active}
        keepMounted={false}
        onChange={(value) => void navigate({ search: { tab: oneOf(ASSISTANTS_TABS, value) } })}
      >
        <Tabs.List className={classes.tabs}>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab} className={classes.tab}>
              {t(`assistants.tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
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

/** What only an administrator can decide, said on top wherever they are. */
function Waiting() {
  const t = useT();
  const mayDecide = decides(useMe());
  const held = useQuery({ ...listQuarantineOptions(), enabled: mayDecide });
  const count = held.data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <div className={classes.waiting}>
      <Glyph name="expiring" size={20} />
      <p className={classes.grow}>
        <b>{t('assistants.waiting', { count })}</b>
        <br />
        {t('assistants.waitingText')}
      </p>
      <Button
        variant="default"
        renderRoot={(props) => <Link {...props} to="/assistants" search={{ tab: 'servers' }} />}
      >
        {t('assistants.waitingLook')}
      </Button>
    </div>
  );
}
