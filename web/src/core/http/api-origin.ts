/** Where the API is. It is told at run time (`/config.js`), so that one build serves every environment. */

declare global {
  interface Window {
    dotCopilot?: { api?: string };
  }
}

/** The API's origin when it is another one than these pages'; else ''. */
export const apiOrigin = (): string => (window.dotCopilot?.api ?? '').replace(/\/$/, '');

/** A path of the API as an address; one that names its origin already stays as it is. */
export const apiUrl = (path: string): string =>
  path.startsWith('/') ? `${apiOrigin()}${path}` : path;

/** The refresh cookie goes along where the API is a neighbour; it is the server that says which pages may do that. */
export const apiCredentials = (): RequestCredentials =>
  apiOrigin() === '' ? 'same-origin' : 'include';
