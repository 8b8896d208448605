import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { readOperationsMap, type OperationsMap } from '@/api';
import { readOperationsMapQueryKey } from '@/api/@tanstack/react-query.gen';
import { ChangeLog, type Change } from './changes';

const EVERY_MS = 2500;
/** A map older than this is no map of now: three looks were missed. */
const OLD_MS = 9000;

export interface LiveMap {
  map: OperationsMap | undefined;
  error: unknown;
  pending: boolean;
  /** The map is of now, as far as anybody can tell. */
  fresh: boolean;
  /** When the map was taken, by the reader's clock. */
  updatedAt: Date;
  now: Date;
  changes: readonly Change[];
  retry: () => void;
}

/** The map, asked for again and again while the page is in sight and not paused; what it says last stays when nobody answers. */
export function useMap(paused: boolean): LiveMap {
  const [log] = useState(() => new ChangeLog());
  const changes = useSyncExternalStore(log.subscribe, log.list);
  const now = useNow(1000);
  const query = useQuery({
    queryKey: readOperationsMapQueryKey(),
    queryFn: async ({ signal }) => {
      const { data } = await readOperationsMap({ signal, throwOnError: true });
      log.note(data);
      return data;
    },
    refetchInterval: paused ? false : EVERY_MS,
    retry: false,
    staleTime: 0,
  });
  const age = now.getTime() - query.dataUpdatedAt;
  return {
    map: query.data,
    error: query.error,
    pending: query.isPending,
    fresh: paused ? !query.isError : age < OLD_MS,
    updatedAt: new Date(query.dataUpdatedAt),
    now,
    changes,
    retry: () => void query.refetch(),
  };
}

/** The present moment, anew every `every` milliseconds. */
export function useNow(every: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(new Date());
    }, every);
    return () => {
      clearInterval(timer);
    };
  }, [every]);
  return now;
}
