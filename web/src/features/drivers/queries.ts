import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { listDrivers, type DriverPage } from '@/api';
import { listDriversQueryKey } from '@/api/@tanstack/react-query.gen';
import { toQuery, type DriverFilters } from './filters';

const PAGE = 100;

/** The filtered list, a page at a time; the rows already there stay until the new ones arrive. */
export function driverPages(filters: DriverFilters) {
  const query = toQuery(filters, PAGE);
  return infiniteQueryOptions({
    queryKey: [...listDriversQueryKey({ query }), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listDrivers({ query: { ...query, cursor: pageParam }, signal, throwOnError: true }))
        .data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: DriverPage) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** Every driver the filters leave, for the export; reports how many have arrived. */
export async function allDrivers(
  filters: DriverFilters,
  onProgress: (done: number, all: number) => void,
): Promise<DriverPage['items']> {
  const items: DriverPage['items'] = [];
  let cursor: string | undefined;
  do {
    const { data } = await listDrivers({
      query: { ...toQuery(filters, 200), cursor },
      throwOnError: true,
    });
    items.push(...data.items);
    onProgress(items.length, data.total);
    cursor = data.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
