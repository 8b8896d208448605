import { useQuery } from '@tanstack/react-query';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';

/** Requirements' names by their keys, in the reader's language; the key while they are fetched. */
export function useTitles(): (key: string) => string {
  const { data } = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  return (key) => data?.items.find((entry) => entry.key === key)?.title ?? key;
}
