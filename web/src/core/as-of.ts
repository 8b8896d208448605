import { isPlainDate, type PlainDate } from './dates';

/** Every compliance page can be looked at as of another day: `?as_of=2026-03-01`. Absent means today. */
export interface AsOfSearch {
  as_of?: PlainDate | undefined;
}

export function asOfSearch(search: Record<string, unknown>): AsOfSearch {
  return { as_of: isPlainDate(search['as_of']) ? search['as_of'] : undefined };
}
