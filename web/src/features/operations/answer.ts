import type { Alert, OperationsMap } from '@/api';
import type { Tone } from '@/ui/status/states';
import { inState, type StatefulPart } from './states';

/** The one sentence of the page, worst first. */
export type Answer =
  | { kind: 'unreachable' }
  | { kind: 'down'; parts: StatefulPart[] }
  | { kind: 'alert'; alert: Alert; more: number }
  | { kind: 'degraded'; part: StatefulPart }
  | { kind: 'starting'; parts: StatefulPart[] }
  | { kind: 'warnings'; alerts: Alert[] }
  | { kind: 'works'; parts: number; unseen: number };

const firing = (map: OperationsMap, severity: Alert['severity']) =>
  map.alerts.filter((alert) => alert.state === 'firing' && alert.severity === severity);

/** `fresh`: the map is of now. A part that is off on purpose breaks nothing; one that nobody sees is told, not guessed. */
export function answerOf(map: OperationsMap, fresh: boolean): Answer {
  if (!fresh) return { kind: 'unreachable' };
  const down = inState(map.parts, 'down');
  if (down.length > 0) return { kind: 'down', parts: down };
  const [worst, ...others] = firing(map, 'critical');
  if (worst) return { kind: 'alert', alert: worst, more: others.length };
  const [degraded] = inState(map.parts, 'degraded');
  if (degraded) return { kind: 'degraded', part: degraded };
  const starting = inState(map.parts, 'starting');
  if (starting.length > 0) return { kind: 'starting', parts: starting };
  const warnings = firing(map, 'warning');
  if (warnings.length > 0) return { kind: 'warnings', alerts: warnings };
  return {
    kind: 'works',
    parts: inState(map.parts, 'works').length,
    unseen: inState(map.parts, 'unknown').length,
  };
}

const TONES: Record<Answer['kind'], Tone> = {
  unreachable: 'unknown',
  down: 'stop',
  alert: 'stop',
  degraded: 'warn',
  starting: 'review',
  warnings: 'warn',
  works: 'ok',
};

export const toneOfAnswer = (answer: Answer): Tone => TONES[answer.kind];

/** Seconds between two moments, whole and never negative: clocks of server and reader may differ a little. */
export const secondsSince = (then: string | Date, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - new Date(then).getTime()) / 1000));
