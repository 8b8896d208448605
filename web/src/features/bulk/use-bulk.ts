import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { addBulkItem, beginBulk, type Item } from '@/api';
import {
  listBulkItemsOptions,
  readBulkOptions,
  readBulkQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { sendInParts } from '@/core/http/parts';

const AT_ONCE = 3;
const FOLLOW_MS = 1500;

/** A file of this device that is not in the batch yet. */
export interface Leaving {
  file: File;
  share: number;
  error: unknown;
}

/** Whether the machine is still at work on it. */
const isUnread = (item: Item): boolean =>
  item.state === 'reading' || (item.state === 'waiting' && item.preview_pages === null);

/** The batch that is open, its scans, and the files on their way into it. */
export function useBulk() {
  const queries = useQueryClient();
  const current = useQuery(readBulkOptions());
  const batch = current.data?.batch ?? null;
  const path = { batch_id: batch?.id ?? '' };
  const items = useQuery({
    ...listBulkItemsOptions({ path }),
    enabled: batch !== null,
    refetchInterval: ({ state }) => (state.data?.items.some(isUnread) ? FOLLOW_MS : false),
  });
  const refresh = useCallback(async () => {
    await queries.invalidateQueries({ queryKey: readBulkQueryKey() });
    // Of whichever batch: it may have begun after the files were chosen.
    await queries.invalidateQueries({ queryKey: [{ _id: 'listBulkItems' }] });
  }, [queries]);
  const sending = useSending(refresh);
  return { current, batch, items, refresh, ...sending };
}

function useSending(refresh: () => Promise<void>) {
  const [leaving, setLeaving] = useState<Leaving[]>([]);
  const waiting = useRef<File[]>([]);
  const working = useRef(0);
  const patch = (file: File, change: Partial<Leaving>) =>
    setLeaving((all) => all.map((one) => (one.file === file ? { ...one, ...change } : one)));

  const sendOne = async (batchId: string, file: File) => {
    try {
      const upload = await sendInParts(file, { onProgress: (share) => patch(file, { share }) });
      await addBulkItem({ path: { batch_id: batchId }, body: { upload_id: upload.id } });
      setLeaving((all) => all.filter((one) => one.file !== file));
    } catch (error) {
      patch(file, { error });
    }
    await refresh();
  };

  const work = async (batchId: string) => {
    working.current += 1;
    for (let file = waiting.current.shift(); file; file = waiting.current.shift()) {
      await sendOne(batchId, file);
    }
    working.current -= 1;
  };

  /** Puts files at the end of the line; three travel at a time. */
  const send = async (files: File[]) => {
    const { data } = await beginBulk();
    setLeaving((all) => [
      ...all.filter((one) => !files.includes(one.file)),
      ...files.map((file) => ({ file, share: 0, error: null })),
    ]);
    waiting.current.push(...files);
    await refresh();
    while (working.current < AT_ONCE && working.current < waiting.current.length)
      void work(data.id);
    if (working.current === 0) void work(data.id);
  };
  const dismiss = (file: File) => setLeaving((all) => all.filter((one) => one.file !== file));
  return { leaving, send, dismiss };
}
