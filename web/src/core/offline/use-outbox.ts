import { useEffect, useSyncExternalStore } from 'react';
import { onOutbox, outbox, reload, sendWaiting, type Outbox, type Sent } from './outbox';

const AGAIN_MS = 30_000;

/** What waits on this device. */
export const useOutbox = (): Outbox => useSyncExternalStore(onOutbox, outbox);

/** Sends what waits: now, when a connection comes back, when the page comes to the front, and every half minute. */
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
    void reload().then(send);
    const again = setInterval(send, AGAIN_MS);
    window.addEventListener('online', send);
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(again);
      window.removeEventListener('online', send);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [userId, onSent]);
}
