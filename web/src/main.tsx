import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { makeRouter } from './app/router';
import { followLocale, followSession } from './app/wiring';
import { configureClient } from './core/http/client';
import { makeQueryClient } from './core/http/query-client';
import { keepOwnFile } from './core/offline/own-file';
import { preferredLocale, setLocale } from './i18n';

async function start(): Promise<void> {
  configureClient();
  await setLocale(preferredLocale());
  const queries = makeQueryClient();
  const router = makeRouter(queries);
  followSession(queries, router);
  followLocale(queries);
  keepOwnFile(queries);
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <App queries={queries} router={router} />
    </StrictMode>,
  );
}

void start();
