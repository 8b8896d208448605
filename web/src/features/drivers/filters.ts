import type { ListDriversData, State } from '@/api';
import { asOfSearch, type AsOfSearch } from '@/core/as-of';
import { oneOf, someText } from '@/core/url';
import { STATES } from '@/ui/status/states';

export const SORTS = ['name', 'employee_id', 'next_due'] as const;

/** The drivers page in its address; what is absent does not filter. */
export interface DriverFilters extends AsOfSearch {
  q?: string | undefined;
  /** Terminal id. */
  terminal?: string | undefined;
  state?: State | undefined;
  requirement?: string | undefined;
  may_drive?: 'yes' | 'no' | undefined;
  /** `all` shows former drivers too. */
  employment?: 'all' | undefined;
  sort?: (typeof SORTS)[number] | undefined;
  /** The "add driver" dialog is open. */
  add?: true | undefined;
}

export function driverFilters(search: Record<string, unknown>): DriverFilters {
  return {
    ...asOfSearch(search),
    q: someText(search['q'], 100),
    terminal: someText(search['terminal'], 120),
    state: oneOf(STATES, search['state']),
    requirement: someText(search['requirement'], 64),
    may_drive: oneOf(['yes', 'no'] as const, search['may_drive']),
    employment: oneOf(['all'] as const, search['employment']),
    sort: oneOf(SORTS, search['sort']),
    add: search['add'] === true || search['add'] === 'true' ? true : undefined,
  };
}

/** The same as the API's query; a page size of its own. */
export function toQuery(
  filters: DriverFilters,
  limit: number,
): NonNullable<ListDriversData['query']> {
  // The open dialog is a matter of the page, not of the list.
  const { may_drive, ...same } = { ...filters, add: undefined };
  return { ...same, limit, may_drive: may_drive === undefined ? undefined : may_drive === 'yes' };
}

/** How many filters narrow the list (the sort order and the day do not). */
export function activeFilters(filters: DriverFilters): number {
  const { terminal, state, requirement, may_drive, employment, q } = filters;
  return [terminal, state, requirement, may_drive, employment, q].filter(Boolean).length;
}
