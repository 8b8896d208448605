import type { RosterError } from '@/api';

export interface ErrorFilter {
  column: string | null;
  words: string;
}

/** An error fits when it is of the column and its row, value or problem holds the words. */
export function fits(error: RosterError, { column, words }: ErrorFilter): boolean {
  if (column !== null && error.column !== column) return false;
  const text = `${error.row} ${error.value ?? ''} ${error.problem}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Columns with errors, the worst first. */
export function columnsOf(errors: readonly RosterError[]): { column: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { column } of errors) {
    if (column !== null) counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return [...counts]
    .map(([column, count]) => ({ column, count }))
    .sort((a, b) => b.count - a.count);
}
