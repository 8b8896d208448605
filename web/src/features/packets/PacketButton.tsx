import { Button, Menu } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { may, useMe } from '@/core/auth/me';
import { useT } from '@/i18n/react';
import type { Selection } from './selection';

const icon = <IconFileZip size={18} stroke={1.7} aria-hidden />;

/** To a packet of these drivers, or to sharing their files with an auditor. */
export function PacketButton({ selection }: { selection: Selection }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const search = { ...selection, make: true as const };
  if (!may(me, 'shares:manage')) {
    return (
      <Button
        variant="default"
        leftSection={icon}
        renderRoot={(props) => <Link to="/packets" search={search} {...props} />}
      >
        {t('packets.button')}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={icon}>
          {t('packets.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate({ to: '/packets', search })}>
          {t('packets.make')}
        </Menu.Item>
        <Menu.Item onClick={() => void navigate({ to: '/shares', search })}>
          {t('packets.share')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
