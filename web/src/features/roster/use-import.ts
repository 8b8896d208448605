import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  cancelRosterImport,
  changeRosterImportMapping,
  confirmRosterImport,
  type RosterImport,
} from '@/api';
import { readRosterImportOptions } from '@/api/@tanstack/react-query.gen';
import { invalidateStandings } from '@/core/http/standings';
import type { Draft } from './mapping';
import { makePace } from './pace';

type Change = { kind: 'mapping'; mapping: Draft } | { kind: 'confirm' } | { kind: 'cancel' };

async function send(importId: string, change: Change): Promise<RosterImport> {
  const path = { import_id: importId };
  switch (change.kind) {
    case 'mapping':
      return (await changeRosterImportMapping({ path, body: { mapping: change.mapping } })).data;
    case 'confirm':
      return (await confirmRosterImport({ path })).data;
    case 'cancel':
      return (await cancelRosterImport({ path })).data;
  }
}

/** An import as the server has it, followed while it runs, and what can be done with it. */
export function useImport(importId: string) {
  const queries = useQueryClient();
  const options = readRosterImportOptions({ path: { import_id: importId } });
  const [pace] = useState(makePace);
  const job = useQuery({
    ...options,
    refetchInterval: ({ state }) =>
      pace({
        job: state.data,
        count: state.dataUpdateCount + state.errorUpdateCount,
        failed: state.status === 'error',
      }),
    // People leave a long import alone in a tab; it shall be done when they come back.
    refetchIntervalInBackground: true,
  });
  const change = useMutation({
    mutationFn: (what: Change) => send(importId, what),
    onSuccess: (answer) => queries.setQueryData(options.queryKey, answer),
  });

  const state = job.data?.state;
  useEffect(() => {
    if (state === 'done') void invalidateStandings(queries);
  }, [state, queries]);

  return { job, change };
}
