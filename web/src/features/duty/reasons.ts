import type { DriverRow, ReasonCount, State, SummaryOut } from '@/api';
import { STATES } from '@/ui/status/states';

export interface ReasonGroup extends ReasonCount {
  /** Those of the loaded drivers whom this reason keeps off the road; fewer than `drivers` in a large fleet. */
  members: { driver: DriverRow; text: string }[];
}

const keyOf = (reason: { requirement: string; state: State }) =>
  `${reason.requirement}/${reason.state}`;

/**
 * The board's list: reasons in the summary's order (most drivers first), each with its drivers.
 *
 * Once every driver is loaded, their own reasons are the whole truth: a driver whose hire date is not known has that
 * one reason, not the twenty that follow from it. Before (a large fleet), the summary's counts are what is known.
 */
export function groupByReason(summary: SummaryOut, drivers: readonly DriverRow[]): ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>(
    summary.by_reason.map((reason) => [keyOf(reason), { ...reason, members: [] }]),
  );
  for (const driver of drivers) {
    for (const reason of driver.reasons) {
      const { requirement, state, title, text } = reason;
      const group = groups.get(keyOf(reason)) ?? {
        requirement,
        state,
        title,
        drivers: 0,
        members: [],
      };
      group.members.push({ driver, text });
      groups.set(keyOf(reason), group);
    }
  }
  if (drivers.length < summary.cannot_drive) return [...groups.values()];
  return [...groups.values()]
    .map((group) => ({ ...group, drivers: group.members.length }))
    .filter((group) => group.drivers > 0)
    .sort((a, b) => b.drivers - a.drivers || STATES.indexOf(a.state) - STATES.indexOf(b.state));
}
