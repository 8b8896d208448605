import { Drawer } from '@mantine/core';
import { useT } from '@/i18n/react';
import { Account } from './Account';
import type { NavEntry } from './nav';
import { NavList } from './NavList';
import classes from './shell.module.css';

interface MoreDrawerProps {
  entries: NavEntry[];
  onClose: () => void;
}

/** What has no room in a phone's bottom bar. */
export default function MoreDrawer({ entries, onClose }: MoreDrawerProps) {
  const t = useT();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="auto"
      title={t('nav.more')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      classNames={{ content: classes.drawer, header: classes.drawer }}
    >
      <nav aria-label={t('nav.more')}>
        <NavList entries={entries} shape="rail" onFollow={onClose} />
      </nav>
      <Account />
    </Drawer>
  );
}
