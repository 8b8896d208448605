import type { State } from '@/api';

/** How much a state matters to somebody deciding who drives; the colour family it takes. */
export type Tone = 'stop' | 'warn' | 'ok' | 'review' | 'unknown' | 'muted';

/** Worst first: the order of lists, filters and legends. */
export const STATES: readonly State[] = [
  'blocked',
  'expired',
  'overdue',
  'missing',
  'unknown',
  'pending_review',
  'expiring',
  'due',
  'valid',
  'not_applicable',
];

const TONES: Record<State, Tone> = {
  blocked: 'stop',
  expired: 'stop',
  overdue: 'stop',
  missing: 'stop',
  unknown: 'unknown',
  pending_review: 'review',
  expiring: 'warn',
  due: 'warn',
  valid: 'ok',
  not_applicable: 'muted',
};

export const toneOf = (state: State): Tone => TONES[state];
