import type { Me } from '@/api';
import { may } from '@/core/auth/me';

export const ASSISTANTS_TABS = ['mine', 'tools', 'servers', 'calls', 'transcript'] as const;
export type AssistantsTab = (typeof ASSISTANTS_TABS)[number];

const ADMINISTRATORS: ReadonlySet<AssistantsTab> = new Set(['servers', 'transcript']);

/** Who decides which tools exist; the API asks for the same right. */
export const decides = (me: Me): boolean => may(me, 'users:manage');

export const tabsFor = (me: Me): AssistantsTab[] =>
  ASSISTANTS_TABS.filter((tab) => !ADMINISTRATORS.has(tab) || decides(me));
