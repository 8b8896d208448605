import { ActionIcon, Kbd } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconSearch } from '@tabler/icons-react';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { isDriver, useMe } from '@/core/auth/me';
import { isReminded } from '@/features/reminders/notices';
import { useT } from '@/i18n/react';
import { Account } from './Account';
import { Brand } from './Brand';
import { navFor } from './nav';
import { NavList } from './NavList';
import { OfflineBanner } from './OfflineBanner';
import { openPalette, PaletteHost } from './PaletteHost';
import classes from './shell.module.css';

const Bell = lazy(() => import('@/features/reminders/Bell'));
const NoticesDrawer = lazy(() => import('@/features/reminders/NoticesDrawer'));
const DriverOutbox = lazy(() => import('@/features/driver-home/DriverOutbox'));
const MoreDrawer = lazy(() => import('./MoreDrawer'));

/** A phone's bar has room for four; the rest is under "More". */
const BAR = 3;

export function Shell() {
  const t = useT();
  const me = useMe();
  const [moreOpen, more] = useDisclosure(false);
  const [noticesOpen, notices] = useDisclosure(false);
  const bell = isReminded(me) && (
    <Suspense fallback={null}>
      <Bell onOpen={notices.open} />
    </Suspense>
  );
  const entries = navFor(me);
  const isMac = navigator.userAgent.includes('Mac');
  const main = useFocusOnNavigation();

  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {t('app.skip')}
      </a>
      <section className={classes.top} aria-label={t('app.name')}>
        <Brand />
        <ActionIcon
          variant="transparent"
          size={44}
          className={classes.topButton}
          aria-label={t('nav.findHint')}
          onClick={openPalette}
        >
          <IconSearch size={22} stroke={1.7} />
        </ActionIcon>
        {bell}
      </section>
      <section className={classes.rail} aria-label={t('app.name')}>
        <div className={classes.railTop}>
          <Brand />
          {bell}
        </div>
        <button type="button" className={classes.find} onClick={openPalette}>
          <IconSearch size={18} stroke={1.7} aria-hidden />
          <span>{t('nav.find')}</span>
          <Kbd className={classes.findKey}>{isMac ? '⌘K' : 'Ctrl K'}</Kbd>
        </button>
        <nav aria-label={t('nav.main')} className={classes.railNav}>
          <NavList entries={entries} shape="rail" />
        </nav>
        <Account />
      </section>
      <div className={classes.body}>
        <OfflineBanner />
        {isDriver(me) && (
          <Suspense fallback={null}>
            <DriverOutbox />
          </Suspense>
        )}
        <main id="content" tabIndex={-1} ref={main} className={classes.main}>
          <Outlet />
        </main>
        <footer className={classes.legal}>{t('app.legal')}</footer>
      </div>
      <nav aria-label={t('nav.main')} className={classes.bar}>
        <NavList entries={entries.slice(0, BAR)} shape="bar" />
        <button type="button" className={classes.barLink} onClick={more.open}>
          <IconDots size={20} stroke={1.7} aria-hidden />
          <span>{t('nav.more')}</span>
        </button>
      </nav>
      <Suspense fallback={null}>
        {moreOpen && <MoreDrawer entries={entries.slice(BAR)} onClose={more.close} />}
      </Suspense>
      <Suspense fallback={null}>
        {noticesOpen && <NoticesDrawer onClose={notices.close} />}
      </Suspense>
      <PaletteHost />
    </div>
  );
}

/** A new page is announced by moving the focus to its content, as a page load would. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current !== pathname) main.current?.focus({ preventScroll: true });
    last.current = pathname;
  }, [pathname]);
  return main;
}
