import type { Me } from '@/api';
import { may } from '@/core/auth/me';

export const SETTINGS_TABS = [
  'profile',
  'carrier',
  'terminals',
  'requirements',
  'acknowledgements',
  'reminders',
  'users',
] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

const NEEDS = {
  profile: undefined,
  carrier: 'carrier:manage',
  terminals: 'carrier:manage',
  requirements: 'drivers:read',
  acknowledgements: 'policy:manage',
  reminders: 'policy:manage',
  users: 'users:manage',
} as const;

export function tabsFor(me: Me): SettingsTab[] {
  return SETTINGS_TABS.filter((tab) => {
    const permission = NEEDS[tab];
    return permission === undefined || may(me, permission);
  });
}
