import type { QueryClient } from '@tanstack/react-query';
import { signOut, signOutEverywhere } from '@/api';
import { forgetSession } from './session';

/** Ends the session here, or on every device; whatever the server answers, this browser forgets it. */
export async function endSession(queries: QueryClient, everywhere = false): Promise<void> {
  try {
    await (everywhere ? signOutEverywhere() : signOut());
  } finally {
    forgetSession();
    queries.clear();
  }
}
