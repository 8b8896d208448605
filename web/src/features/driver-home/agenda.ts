import type { FileItemOut, State } from '@/api';

/** Open states, the most pressing first; what is in order or waits for somebody else is left out. */
const PRESSING: readonly State[] = [
  'blocked',
  'expired',
  'overdue',
  'missing',
  'unknown',
  'due',
  'expiring',
];

/** What the driver has to bring, most pressing first: what forbids driving, then by state, then by date. */
export function agenda(items: readonly FileItemOut[]): FileItemOut[] {
  const rank = (item: FileItemOut) => PRESSING.indexOf(item.state);
  return items
    .filter((item) => rank(item) >= 0)
    .sort(
      (a, b) =>
        Number(b.forbids_driving) - Number(a.forbids_driving) ||
        rank(a) - rank(b) ||
        (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999'),
    );
}
