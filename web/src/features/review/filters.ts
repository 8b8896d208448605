export interface ReviewFilters {
  /** A terminal's id. */
  terminal?: string | undefined;
}

export function reviewFilters(search: Record<string, unknown>): ReviewFilters {
  return typeof search.terminal === 'string' ? { terminal: search.terminal } : {};
}
