import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useSyncExternalStore } from 'react';

const Palette = lazy(() => import('./Palette'));

// Open or not is state outside React: buttons anywhere and the key share it.
let opened = false;
/** The palette's code is loaded at its first use and stays. */
let wanted = false;
const listeners = new Set<() => void>();

function show(next: boolean): void {
  opened = next;
  wanted ||= next;
  for (const listener of listeners) listener();
}

export const openPalette = (): void => {
  show(true);
};
export const closePalette = (): void => {
  show(false);
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ctrl/Cmd-K from everywhere, also from inside a field. */
export function PaletteHost() {
  const isOpen = useSyncExternalStore(subscribe, () => opened);
  useHotkeys([['mod+K', openPalette]], []);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <Palette opened={isOpen} />
    </Suspense>
  );
}
