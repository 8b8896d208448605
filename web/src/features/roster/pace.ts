import type { RosterImport } from '@/api';
import { isRunning } from './steps';

const QUICK_MS = 500;
const SLOW_MS = 5000;
const GROWTH = 1.5;

interface Look {
  job: Pick<RosterImport, 'state' | 'progress'> | undefined;
  /** How often the query has been answered or has failed: the same number means the same answer. */
  count: number;
  failed: boolean;
}

/**
 * How long to wait before asking again, in milliseconds; false once the job rests. Quick while the job moves, slower
 * each time it has not moved or the server did not answer.
 */
export function makePace(): (look: Look) => number | false {
  let last = { mark: '', count: -1, delay: QUICK_MS };
  return ({ job, count, failed }) => {
    if (!job || !isRunning(job)) {
      last = { mark: '', count: -1, delay: QUICK_MS };
      return false;
    }
    if (count === last.count) return last.delay;
    const mark = `${job.state} ${job.progress}`;
    const moved = mark !== last.mark && !failed;
    const delay = moved ? QUICK_MS : Math.min(SLOW_MS, Math.round(last.delay * GROWTH));
    last = { mark, count, delay };
    return delay;
  };
}
