/** Schemes that would run something here instead of going back to an assistant. */
const RUNS = ['javascript:', 'data:', 'blob:', 'vbscript:', 'about:', 'file:', 'filesystem:'];

/** The server checked where the answer goes; a page that follows an address looks once more. */
export function maySend(address: string): boolean {
  return URL.canParse(address) && !RUNS.includes(new URL(address).protocol);
}

/** Takes the browser to the assistant. An application's own scheme leaves this page where it is. */
export function leave(address: string): void {
  if (maySend(address)) window.location.assign(address);
}
