/// <reference lib="webworker" />
/**
 * Lets the pages open without a connection. It keeps files, never answers of the API: those hold somebody's data and
 * belong to the application (core/offline), which removes them with the session.
 */

export {};
declare const self: ServiceWorkerGlobalScope;

const CACHE = 'pages';
const PAGE = '/index.html';
/** Longer than a slow answer, shorter than a driver's patience. */
const PATIENCE_MS = 4000;
const ASIDE = /^\/(api|mcp|oauth|internal|metrics|healthz|readyz|\.well-known)(\/|$)/;
const SMALL = ['/config.js', '/scheme.js', '/mark.svg', '/manifest.webmanifest'];

interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
}

/** Takes in the page of now and every file it may ask for, then forgets those of earlier versions. */
async function takeIn(): Promise<void> {
  const fresh = { cache: 'no-cache' } as const;
  const [page, listed] = await Promise.all([
    fetch(PAGE, fresh),
    fetch('/.vite/manifest.json', fresh),
  ]);
  if (!page.ok || !listed.ok) throw new Error('the pages can’t be kept now');
  const chunks = Object.values((await listed.json()) as Record<string, Chunk>);
  const files = chunks.flatMap((chunk) => [
    chunk.file,
    ...(chunk.css ?? []),
    ...(chunk.assets ?? []),
  ]);
  const wanted = new Set(files.map((file) => `/${file}`));
  const named = [...(await page.clone().text()).matchAll(/"(\/assets\/[^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  // Between two versions the page and the list may be of different ones: then the next visit tries again.
  if (named.some((file) => !wanted.has(file))) throw new Error('the pages are being replaced');
  const cache = await caches.open(CACHE);
  const held = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll([...wanted].filter((file) => !held.includes(file)));
  await cache.addAll(SMALL.map((path) => new Request(path, fresh)));
  // Last: a page is kept only when everything it needs is.
  await cache.put(PAGE, page);
  const old = held.filter((path) => path.startsWith('/assets/') && !wanted.has(path));
  await Promise.all(old.map((path) => cache.delete(path)));
}

/** The page from the network; without an answer in time, the one that is kept. */
async function page(event: FetchEvent): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const asked = fetch(event.request);
  try {
    const answer = await (kept ? Promise.race([asked, late()]) : asked);
    if (answer.ok) event.waitUntil(followUp(answer.clone(), kept));
    // A door without anybody behind it is no page: what is kept is better.
    return answer.status >= 500 && kept ? kept : answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

const late = () =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
  });

/** A page that differs from the kept one is of another version: take that in. */
async function followUp(answer: Response, kept: Response | undefined): Promise<void> {
  if (!answer.headers.get('Content-Type')?.startsWith('text/html')) return;
  const [now, before] = await Promise.all([answer.text(), kept?.clone().text()]);
  if (now !== before) await takeIn();
}

/** Names below /assets carry a hash of the content, so what is kept is right. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}

async function small(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(takeIn().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || ASIDE.test(pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (SMALL.includes(pathname)) event.respondWith(small(request));
});
