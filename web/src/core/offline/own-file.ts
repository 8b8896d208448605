import { hashKey, type QueryClient } from '@tanstack/react-query';
import type { DriverFileOut, Me } from '@/api';
import { driverFileQueryKey } from '@/api/@tanstack/react-query.gen';
import { isDriver, meOptions } from '@/core/auth/me';
import { keep, readKept } from './kept';

/** What a driver sees first, and needs where there is no connection: who they are, and their file. */

const ME = 'me';
const FILE = 'file';

const fileKey = (driverId: string) => driverFileQueryKey({ path: { driver_id: driverId } });

/** Keeps the driver's answers on this device as they come. Call once a start. */
export function keepOwnFile(queries: QueryClient): void {
  queries.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.state.status !== 'success') return;
    const me = queries.getQueryData<Me>(meOptions().queryKey);
    if (me === undefined || !isDriver(me)) return;
    const { data, dataUpdatedAt } = query.state as { data: unknown; dataUpdatedAt: number };
    const hash = query.queryHash;
    if (hash === hashKey(meOptions().queryKey)) void keepQuietly(ME, data, dataUpdatedAt);
    if (me.driver_id !== null && hash === hashKey(fileKey(me.driver_id))) {
      void keepQuietly(FILE, data, dataUpdatedAt);
    }
  });
}

async function keepQuietly(name: string, value: unknown, at: number): Promise<void> {
  try {
    await keep(name, value, at);
  } catch {
    // A private window keeps nothing; there is a connection, so nothing is missing.
  }
}

/** Puts what was kept where the answers would be; false if nothing was. */
export async function takeKept(queries: QueryClient): Promise<boolean> {
  const [me, file] = await Promise.all([readKept<Me>(ME), readKept<DriverFileOut>(FILE)]);
  if (me === null) return false;
  queries.setQueryData(meOptions().queryKey, me.value, { updatedAt: me.at });
  if (file !== null && me.value.driver_id !== null) {
    queries.setQueryData(fileKey(me.value.driver_id), file.value, { updatedAt: file.at });
  }
  return true;
}
