import { inStore } from './database';

/**
 * Copies of a driver's own answers, to read where there is no connection. They go with the session: signing out, here
 * or on another device, removes them.
 */
export interface Kept<T> {
  value: T;
  /** Epoch milliseconds: when the server said so. */
  at: number;
}

export async function keep(name: string, value: unknown, at: number): Promise<void> {
  await inStore('kept', 'readwrite', (store) => store.put({ value, at }, name));
}

/** Null when there is none, or the device keeps nothing (a private window). */
export async function readKept<T>(name: string): Promise<Kept<T> | null> {
  try {
    const found = await inStore(
      'kept',
      'readonly',
      (store) => store.get(name) as IDBRequest<Kept<T> | undefined>,
    );
    return found ?? null;
  } catch {
    return null;
  }
}

export async function forgetKept(): Promise<void> {
  try {
    await inStore('kept', 'readwrite', (store) => store.clear());
  } catch {
    // Nothing was kept.
  }
}
