import type { ReminderRule, ReminderRules } from '@/api';

type ReminderRole = ReminderRule['role'];
type Step = ReminderRule['steps'][number];

/** What stands for every requirement without a rule of its own. */
export const ANY = '*';
/** Days before the last day; -1: the day after it. */
export const STEPS = [90, 60, 30, 14, 7, -1] as const satisfies readonly Step[];
export const REMINDED = [
  'driver',
  'safety_manager',
  'supervisor',
  'coach',
  'admin',
] as const satisfies readonly ReminderRole[];

export interface Holding {
  steps: readonly Step[];
  /** A rule of this requirement, the carrier's for all, or ours. */
  from: 'own' | 'any' | 'default';
}

/** The steps that hold for a role and a requirement, and where they come from. */
export function holding(rules: ReminderRules, requirement: string, role: ReminderRole): Holding {
  const find = (list: readonly ReminderRule[], of: string) =>
    list.find((rule) => rule.requirement === of && rule.role === role);
  const own = find(rules.items, requirement);
  if (own) return { steps: own.steps, from: 'own' };
  const any = find(rules.items, ANY);
  if (any) return { steps: any.steps, from: 'any' };
  return { steps: find(rules.defaults, ANY)?.steps ?? [], from: 'default' };
}

/** With a step more or less, in order. */
export const toggled = (steps: readonly Step[], step: Step): Step[] =>
  STEPS.filter((one) => (one === step ? !steps.includes(one) : steps.includes(one)));
