import type { RosterImport } from '@/api';
import { oneOf } from '@/core/url';

export const STEPS = ['file', 'columns', 'rows', 'confirm', 'progress', 'result'] as const;
export type Step = (typeof STEPS)[number];

/** Steps of the preview; which of them is shown is in the address, everything else follows from the job. */
const CHOSEN = ['columns', 'rows', 'confirm'] as const;
export type ChosenStep = (typeof CHOSEN)[number];

export interface ImportSearch {
  step?: ChosenStep | undefined;
}

export const importSearch = (search: Record<string, unknown>): ImportSearch => ({
  step: oneOf(CHOSEN, search['step']),
});

type Job = Pick<RosterImport, 'state' | 'dry_run' | 'problem'>;

/** The job runs on the server; the page asks again until it rests. */
export const isRunning = (job: Pick<RosterImport, 'state'>): boolean =>
  ['queued', 'reading', 'importing'].includes(job.state);

/** Where a person stands in the wizard. A job that has moved on takes the page along, whatever the address says. */
export function stepOf(job: Job, chosen: ChosenStep | undefined): Step {
  if (['done', 'failed', 'cancelled'].includes(job.state)) return 'result';
  if (job.state === 'importing' || !job.dry_run) return 'progress';
  const wanted = chosen ?? 'columns';
  // What can't be confirmed can't be confirmed by typing an address.
  const ready = job.state === 'preview' && job.problem === null;
  return wanted === 'confirm' && !ready ? 'rows' : wanted;
}

/** Steps that lie behind, for the list on top. */
export function isBehind(step: Step, now: Step): boolean {
  return STEPS.indexOf(step) < STEPS.indexOf(now);
}
