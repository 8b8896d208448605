import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DriverFileOut, State } from '@/api';
import { invalidateStandings } from '@/core/http/standings';

type States = ReadonlyMap<string, State>;

/** How long a change stays marked: long enough to be found after the eye has followed a dialog closing. */
const SHOWN_MS = 9000;

export const statesOf = (file: DriverFileOut): States =>
  new Map(file.items.map((item) => [item.requirement, item.state]));

/** The requirements whose state differs, with the state they had before. */
export function moved(before: States, after: States): States {
  return new Map([...before].filter(([key, state]) => after.has(key) && after.get(key) !== state));
}

/** Marks what a change of the reader's own has moved. Replaying another day marks nothing. */
export function useChanges(file: DriverFileOut) {
  const queries = useQueryClient();
  const [before, setBefore] = useState<{ asOf: string; states: States } | null>(null);

  useEffect(() => {
    if (before === null) return;
    const timer = setTimeout(() => setBefore(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [before]);

  const changed = async () => {
    setBefore({ asOf: file.as_of, states: statesOf(file) });
    await invalidateStandings(queries);
  };
  const changes: States =
    before?.asOf === file.as_of ? moved(before.states, statesOf(file)) : new Map();
  return { changes, changed };
}
