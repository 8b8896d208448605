import type { MapCall, MapPart, OperationsMap } from '@/api';
import { lookUp, translate } from '@/i18n';
import { count, duration, megabytes, milliseconds, rate, share } from './units';

/** What a part is called; products keep their names. */
export const nameOf = (part: { name: string; label: string }): string =>
  lookUp(`operations.part.${part.name}`) ?? part.label;

/** The same by the part's name alone; a process is called what it is called. */
export function nameIn(map: OperationsMap | undefined, name: string): string {
  const part = map?.parts.find((entry) => entry.name === name);
  return part ? nameOf(part) : name;
}

/** The state as a word, with how many processes when there are several. */
export function stateWord(part: MapPart): string {
  if (part.state === null) return '';
  const all = part.replicas.length;
  const working = part.replicas.filter((replica) => replica.state === 'works').length;
  if (all > 1 && (part.state === 'works' || part.state === 'degraded')) {
    return translate('operations.state.some', { working, all });
  }
  const [only] = part.replicas;
  if (part.state === 'down' && only?.word === 'restarting')
    return translate('operations.state.restarting');
  return translate(`operations.state.${part.state}`);
}

const FIGURES: Record<string, (value: number) => string> = {
  jobs_waiting: count,
  oldest_job_s: duration,
  active: count,
  sessions: count,
  connections: count,
  connections_max: count,
  memory_mb: megabytes,
  scraped: count,
  scraped_up: count,
  disk_free_gb: (value) => megabytes(value * 1000),
  breaker_open: count,
};

export interface Fact {
  key: string;
  label: string;
  value: string;
}

/** Everything known of a part as label and value, the traffic first. */
export function factsOf(part: MapPart): Fact[] {
  const facts: (Fact | false)[] = [
    part.rate !== null && fact('rate', rate(part.rate)),
    part.error_ratio !== null && fact('errors', share(part.error_ratio)),
    part.p95_ms !== null && fact('p95', milliseconds(part.p95_ms)),
    part.cpu !== null && fact('cpu', share(part.cpu)),
    part.memory_mb !== null && fact('memory', megabytes(part.memory_mb)),
    ...Object.entries(part.figures)
      .filter(([key]) => key in FIGURES)
      .map(([key, value]) => fact(key, FIGURES[key]?.(value) ?? '')),
  ];
  return facts.filter((entry) => entry !== false);
}

const fact = (key: string, value: string): Fact => ({
  key,
  label: lookUp(`operations.figure.${key}`) ?? key,
  value,
});

/** The one line of figures in a box: what it does, else what it uses. */
export function lineOf(part: MapPart): string {
  const waiting = part.figures['jobs_waiting'];
  const scraped = part.figures['scraped'];
  const pieces: (string | false)[] =
    part.rate !== null
      ? [
          part.rate > 0 ? rate(part.rate) : translate('operations.quiet'),
          part.p95_ms !== null && part.rate > 0 && milliseconds(part.p95_ms),
          waiting !== undefined &&
            waiting > 0 &&
            translate('operations.waiting', { count: waiting }),
        ]
      : [
          scraped !== undefined &&
            translate('operations.scraped', { up: part.figures['scraped_up'] ?? 0, all: scraped }),
          part.memory_mb !== null && megabytes(part.memory_mb),
          part.cpu !== null && translate('operations.cpu', { share: share(part.cpu) }),
        ];
  return pieces.filter((piece) => piece !== false).join(', ');
}

/** A road in words, for who does not see it. */
export function callWords(call: MapCall, map: OperationsMap): string {
  const values = { from: nameIn(map, call.source), to: nameIn(map, call.target) };
  if (call.source === 'prometheus' && call.rate === null && call.known) {
    return translate('operations.call.watches', { from: values.from });
  }
  if (!call.known || call.rate === null) return translate('operations.call.unmeasured', values);
  if (call.rate === 0) return translate('operations.call.idle', values);
  return translate('operations.call.words', {
    ...values,
    facts: [
      rate(call.rate),
      call.error_ratio !== null &&
        translate('operations.tip.errors', { share: share(call.error_ratio) }),
      call.p95_ms !== null && translate('operations.tip.p95', { time: milliseconds(call.p95_ms) }),
    ]
      .filter((piece) => piece !== false)
      .join(', '),
  });
}

/** Errors that deserve a colour: one request in a hundred. */
export const isFailing = (ratio: number | null): boolean => ratio !== null && ratio >= 0.01;
