import { createContext, use } from 'react';
import type { Shared } from '@/api';

export const SharedContext = createContext<Shared | null>(null);

/** What is shared, for the pages inside. */
export function useShared(): Shared {
  const shared = use(SharedContext);
  if (shared === null) throw new Error('outside of a share');
  return shared;
}
