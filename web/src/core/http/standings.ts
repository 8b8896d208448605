import type { QueryClient } from '@tanstack/react-query';

/** The operations whose answers are worked out from facts and evidence. */
const DERIVED = new Set(['complianceSummary', 'driverFile', 'listDrivers', 'upcoming']);

/** Call after anything that may change a driver's standing: lists, file and board ask again. */
export function invalidateStandings(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey: [first] }) =>
      typeof first === 'object' &&
      first !== null &&
      '_id' in first &&
      DERIVED.has(String(first._id)),
  });
}
