import type { DriverSelection, PacketCreate } from '@/api';
import { asOfSearch, type AsOfSearch } from '@/core/as-of';
import { oneOf, someText } from '@/core/url';
import { STATES } from '@/ui/status/states';

/** Which drivers a packet or a share is about, as it stands in the address: one driver, or the filters of the list. */
export interface Selection extends AsOfSearch {
  driver?: string | undefined;
  q?: string | undefined;
  terminal?: string | undefined;
  state?: (typeof STATES)[number] | undefined;
  requirement?: string | undefined;
  may_drive?: 'yes' | 'no' | undefined;
  employment?: 'all' | undefined;
}

export interface SelectionSearch extends Selection {
  /** The dialog that asks for a new one is open. */
  make?: true | undefined;
}

export function selectionSearch(search: Record<string, unknown>): SelectionSearch {
  return {
    ...asOfSearch(search),
    driver: someText(search['driver'], 36),
    q: someText(search['q'], 100),
    terminal: someText(search['terminal'], 120),
    state: oneOf(STATES, search['state']),
    requirement: someText(search['requirement'], 64),
    may_drive: oneOf(['yes', 'no'] as const, search['may_drive']),
    employment: oneOf(['all'] as const, search['employment']),
    make: search['make'] === true || search['make'] === 'true' ? true : undefined,
  };
}

/** As the API takes it. */
export function toDrivers(selection: Selection): Pick<PacketCreate, 'drivers' | 'filter'> {
  if (selection.driver !== undefined) return { drivers: [selection.driver] };
  const filter: DriverSelection = {
    terminal: selection.terminal ?? null,
    state: selection.state ?? null,
    requirement: selection.requirement ?? null,
    may_drive: selection.may_drive === undefined ? null : selection.may_drive === 'yes',
    employment: selection.employment ?? 'current',
    q: selection.q ?? null,
  };
  return { filter };
}
