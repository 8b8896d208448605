/**
 * Search parameters as people write them: `?terminal=memphis&as_of=2026-03-01`.
 *
 * The router's own format is JSON (`?q=%2212%22`); ours is plain text both ways, so that a link can be read, typed
 * and shared, and a page decides itself what each value means.
 */

export type Search = Record<string, string>;

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string' ? value !== '' : typeof value === 'number' || value === true) {
      params.set(key, String(value));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** The value when it is one of the allowed ones; anything else in a link is ignored, not an error. */
export function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((entry) => entry === value);
}

export function someText(value: unknown, longest = 200): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;
}
