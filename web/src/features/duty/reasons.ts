import type { DriverRow, ReasonCount, State, SummaryOut } from '@/api';

export interface ReasonGroup extends ReasonCount {
  /** Those of the loaded drivers whom this reason keeps off the road; fewer than `drivers` in a large fleet. */
  members: { driver: DriverRow; text: string }[];
}

const keyOf = (reason: { requirement: string; state: State }) =>
  `${reason.requirement}/${reason.state}`;

/** The board's list: reasons in the summary's order (most drivers first), each with its drivers. */
export function groupByReason(summary: SummaryOut, drivers: readonly DriverRow[]): ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>(
    summary.by_reason.map((reason) => [keyOf(reason), { ...reason, members: [] }]),
  );
  for (const driver of drivers) {
    for (const reason of driver.reasons) {
      groups.get(keyOf(reason))?.members.push({ driver, text: reason.text });
    }
  }
  return [...groups.values()];
}
