import { useEffect, useSyncExternalStore } from 'react';
import { onOutbox, outbox, reload, sendWaiting, type Outbox, type Sent } from './outbox';

const AGAIN_MS = 30_000;

/** What waits on this device. */
export const useOutbox = (): Outbox => useSyncExternalStore(onOutbox, outbox);

/** Sends what waits: as soon as it is put in, when a connection comes back, when the page comes to the front, and every half minute. */
export function useOutboxSender(userId: string, onSent: Sent): void {
  useEffect(() => {
    const send = () => {
      if (outbox().items.some((item) => item.userId === userId && item.refusal === null)) {
        void sendWaiting(userId, onSent);
      }
    };
    const seen = () => {
      if (document.visibilityState === 'visible') send();
    };
    // What was tried waits for its time; what is new, or was put back after a refusal, goes at once.
    const tried = new Set<string>();
    const fresh = () => {
      const open = outbox().items.filter((item) => item.userId === userId);
      const untried = open.filter(({ key, refusal }) => refusal === null && !tried.has(key));
      for (const { key, refusal } of open) {
        if (refusal === null) tried.add(key);
        else tried.delete(key);
      }
      if (untried.length > 0) send();
    };
    const forget = onOutbox(fresh);
    void reload();
    const again = setInterval(send, AGAIN_MS);
    window.addEventListener('online', send);
    document.addEventListener('visibilitychange', seen);
    return () => {
      forget();
      clearInterval(again);
      window.removeEventListener('online', send);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [userId, onSent]);
}
