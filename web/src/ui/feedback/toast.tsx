import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react';

const Toaster = lazy(() => import('./Toaster'));

export interface Toast {
  id: number;
  message: ReactNode;
}

let latest: Toast | null = null;
const listeners = new Set<() => void>();

/** A short word that something worked, read out by screen readers. Errors stay in place instead (`Trouble`). */
export function toast(message: ReactNode): void {
  latest = { id: (latest?.id ?? 0) + 1, message };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The code behind it is loaded with the first toast. */
export function ToastHost() {
  const current = useSyncExternalStore(subscribe, () => latest);
  return <Suspense fallback={null}>{current && <Toaster toast={current} />}</Suspense>;
}
