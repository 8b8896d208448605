/** Lets the pages of this device open without a connection; the local development server has none of it. */
export function keepPagesOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.register('/sw.js').catch(() => {
    // A plain http address (no secure context), or forbidden: the pages need a connection then.
  });
}
