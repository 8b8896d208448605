import {
  IconAntenna,
  IconArchive,
  IconChecklist,
  IconClipboardList,
  IconFiles,
  IconFileZip,
  IconGauge,
  IconHeartbeat,
  IconHistory,
  IconPlugConnected,
  IconSettings,
  IconTableImport,
  IconUsers,
  IconUserShare,
  type Icon,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { Me, Permission } from '@/api';
import { isDriver, may } from '@/core/auth/me';
import type { MessageKey } from '@/i18n';

export interface NavEntry {
  to: NonNullable<LinkProps['to']>;
  label: MessageKey;
  icon: Icon;
  /** Absent: everybody may. */
  needs?: Permission;
}

const FLEET: readonly NavEntry[] = [
  { to: '/', label: 'nav.duty', icon: IconGauge },
  { to: '/drivers', label: 'nav.drivers', icon: IconUsers, needs: 'drivers:read' },
  { to: '/review', label: 'nav.review', icon: IconChecklist, needs: 'evidence:review' },
  { to: '/bulk', label: 'nav.bulk', icon: IconFiles, needs: 'evidence:write' },
  { to: '/imports', label: 'nav.imports', icon: IconTableImport, needs: 'roster:import' },
  { to: '/packets', label: 'nav.packets', icon: IconFileZip, needs: 'drivers:read' },
  { to: '/shares', label: 'nav.shares', icon: IconUserShare, needs: 'shares:manage' },
  { to: '/retention', label: 'nav.retention', icon: IconArchive, needs: 'evidence:review' },
  { to: '/audit', label: 'nav.audit', icon: IconHistory, needs: 'audit:read' },
  { to: '/assistants', label: 'nav.assistants', icon: IconPlugConnected },
  { to: '/telematics', label: 'nav.telematics', icon: IconAntenna, needs: 'users:manage' },
  {
    to: '/operations',
    label: 'nav.operations',
    icon: IconHeartbeat,
    needs: 'operations:read',
  },
  { to: '/settings', label: 'nav.settings', icon: IconSettings },
];

const DRIVER: readonly NavEntry[] = [
  { to: '/', label: 'nav.home', icon: IconGauge },
  { to: '/my-file', label: 'nav.myFile', icon: IconClipboardList },
  { to: '/settings', label: 'nav.settings', icon: IconSettings },
  { to: '/assistants', label: 'nav.assistants', icon: IconPlugConnected },
];

/** The pages a person has, in the order of the sidebar. */
export function navFor(me: Me): NavEntry[] {
  const entries = isDriver(me) ? DRIVER : FLEET;
  return entries.filter((entry) => entry.needs === undefined || may(me, entry.needs));
}
