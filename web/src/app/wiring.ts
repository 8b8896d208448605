import type { QueryClient } from '@tanstack/react-query';
import { onSessionChange, sessionState } from '@/core/auth/session';
import { forgetKept } from '@/core/offline/kept';
import { onLocaleChange } from '@/i18n';
import type { AppRouter } from './router';

/** When the session ends (here or in another tab), nothing of it stays on the screen. */
export function followSession(queries: QueryClient, router: AppRouter): void {
  onSessionChange(() => {
    if (sessionState() === 'signed-out') {
      queries.clear();
      void forgetKept();
    }
    void router.invalidate();
  });
}

/** Titles and explanations come from the server in the reader's language: ask again for what is shown. */
export function followLocale(queries: QueryClient): void {
  onLocaleChange(() => void queries.invalidateQueries());
}
