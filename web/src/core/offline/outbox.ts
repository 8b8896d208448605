/**
 * Forms that wait on this device until the server has them: never lost, and never doubled.
 *
 * A form is stored before anything is sent, under a key of its own that goes with it (`Idempotency-Key`), and removed when
 * the server has said that it has it. An answer that was lost on its way therefore costs a second sending, not a second
 * record. One tab sends at a time.
 */

import { isTransient, problemOf, type Problem } from '@/core/http/problem';
import { upload } from '@/core/http/upload';
import { inStore } from './database';

/** A file's bytes: unlike a Blob, every browser's store holds them as they are. */
export interface StoredFile {
  bytes: ArrayBuffer;
  type: string;
  name: string;
}

export interface Waiting {
  key: string;
  userId: string;
  /** Where it goes, below the API's origin. */
  path: string;
  /** What people call it. */
  title: string;
  fields: Record<string, string>;
  file: StoredFile | null;
  /** Epoch milliseconds. */
  addedAt: number;
  /** Why the server will not have it as it is; null: it waits to be sent. */
  refusal: Problem | null;
}

export interface Outbox {
  items: readonly Waiting[];
  /** The one on its way, and the share of it that has left this device. */
  sending: { key: string; share: number } | null;
}

export type Sent = (item: Waiting) => void;

const LOCK = 'dot-outbox';
const listeners = new Set<() => void>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(LOCK);
let present: Outbox = { items: [], sending: null };

function show(change: Partial<Outbox>): void {
  present = { ...present, ...change };
  for (const listener of listeners) listener();
}

if (channel) channel.onmessage = () => void reload();

export const outbox = (): Outbox => present;

export function onOutbox(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reads what this device holds; nothing on a device that stores nothing. */
export async function reload(): Promise<readonly Waiting[]> {
  let items: Waiting[] = [];
  try {
    items = await inStore('outbox', 'readonly', (store) => store.getAll() as IDBRequest<Waiting[]>);
  } catch {
    items = [];
  }
  show({ items: items.sort((a, b) => a.addedAt - b.addedAt) });
  return present.items;
}

/** Resolves when the device has it. Rejects where nothing can be stored: then it must be sent at once. */
export async function put(item: Waiting): Promise<void> {
  await inStore('outbox', 'readwrite', (store) => store.put(item));
  // Without it a browser that runs short of room may clear what waits; most grant it to installed applications.
  const storage = navigator.storage as StorageManager | undefined;
  void storage?.persist();
  await changed();
}

export async function remove(key: string): Promise<void> {
  await inStore('outbox', 'readwrite', (store) => store.delete(key));
  await changed();
}

async function changed(): Promise<void> {
  channel?.postMessage('changed');
  await reload();
}

function alone<T>(run: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request<Promise<T>>(LOCK, run) : run();
}

/** Sends what waits of one person, the oldest first, until all is there or the connection fails. */
export function sendWaiting(userId: string, onSent: Sent): Promise<void> {
  return alone(async () => {
    for (const item of await reload()) {
      if (item.userId !== userId || item.refusal !== null) continue;
      const outcome = await sendOne(item);
      if (outcome === 'later') return;
      if (outcome === 'sent') {
        await remove(item.key);
        onSent(item);
      } else {
        await put({ ...item, refusal: outcome });
      }
    }
  });
}

async function sendOne(item: Waiting): Promise<'sent' | 'later' | Problem> {
  show({ sending: { key: item.key, share: 0 } });
  try {
    await upload(item.path, formOf(item), {
      key: item.key,
      onProgress: (share) => show({ sending: { key: item.key, share } }),
    });
    return 'sent';
  } catch (error) {
    const problem = problemOf(error);
    // No answer, the server's own fault, a session that has ended, too much at once: all of them pass.
    const passes =
      problem === null || isTransient(error) || [401, 408, 425, 429].includes(problem.status);
    return passes ? 'later' : problem;
  } finally {
    show({ sending: null });
  }
}

function formOf(item: Waiting): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(item.fields)) form.set(name, value);
  if (item.file !== null) {
    const { bytes, name, type } = item.file;
    form.set('file', new File([bytes], name, { type }));
  }
  return form;
}
