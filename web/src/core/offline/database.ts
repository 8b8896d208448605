/** What this device keeps for a driver without a connection: IndexedDB, in as few words as possible. */

const NAME = 'dot-copilot';
const VERSION = 1;

export type StoreName = 'outbox' | 'kept';

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('outbox', { keyPath: 'key' });
      request.result.createObjectStore('kept');
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opening = null;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(failure(request.error));
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

const failure = (error: DOMException | null): Error =>
  error ?? new Error('the storage of this device did not answer');

/** Runs one request in a transaction of its own; resolves when the device has it, not before. */
export async function inStore<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  return new Promise<T>((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: 'strict' });
    const request = ask(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(failure(transaction.error));
  });
}
