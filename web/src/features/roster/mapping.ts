import type { RosterColumn, RosterField } from '@/api';

/** What a person has changed and not sent yet: column -> field, null = left out. */
export type Draft = Readonly<Record<string, string | null>>;

/** A guess below this is worth a second look. */
const SURE = 0.8;
const FULL_NAME = 'full_name';

export interface ColumnView extends RosterColumn {
  /** A person has said so, now or before. */
  chosen: boolean;
  doubtful: boolean;
  /** The column that has taken this one's field away. */
  lostTo: string | null;
}

/** The columns as they will be once the draft is sent. */
export function withDraft(columns: readonly RosterColumn[], draft: Draft): ColumnView[] {
  const taker = new Map(
    Object.entries(draft).flatMap(([column, field]) => (field === null ? [] : [[field, column]])),
  );
  return columns.map((column) => {
    const said = draft[column.column];
    if (said !== undefined) {
      return { ...column, field: said, note: null, chosen: true, doubtful: false, lostTo: null };
    }
    const by = column.field === null ? undefined : taker.get(column.field);
    if (by !== undefined) {
      return { ...column, field: null, note: null, chosen: false, doubtful: false, lostTo: by };
    }
    const doubtful = column.guessed && column.field !== null && column.confidence < SURE;
    return { ...column, chosen: !column.guessed, doubtful, lostTo: null };
  });
}

/** Gives a field to a column; whoever had it in the draft loses it, for a field goes to one column at most. */
export function assign(draft: Draft, column: string, field: string | null): Draft {
  const others = Object.entries(draft).filter(
    ([name, given]) => name !== column && (field === null || given !== field),
  );
  const losers = Object.entries(draft)
    .filter(([name, given]) => name !== column && field !== null && given === field)
    .map(([name]) => [name, null] as const);
  return Object.fromEntries([...others, ...losers, [column, field]]);
}

/** Entries that say what the server knows already are not worth sending. */
export function changesOf(columns: readonly RosterColumn[], draft: Draft): Draft {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, field]) => {
      const column = columns.find((entry) => entry.column === name);
      return column !== undefined && column.field !== field;
    }),
  );
}

/** Required fields without a column; a full-name column stands for first and last name. */
export function missingFields(
  columns: readonly Pick<RosterColumn, 'field'>[],
  fields: readonly RosterField[],
): RosterField[] {
  const filled = new Set(columns.map((column) => column.field));
  const named = filled.has(FULL_NAME);
  return fields.filter(
    ({ field, required }) =>
      required &&
      !filled.has(field) &&
      !(named && (field === 'first_name' || field === 'last_name')),
  );
}

const key = (importId: string) => `dot-import-${importId}`;

/** The draft survives leaving the page and coming back in the same browser. */
export function loadDraft(importId: string): Draft {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(importId)) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(([, value]) => value === null || typeof value === 'string'),
    );
  } catch {
    return {};
  }
}

export function keepDraft(importId: string, draft: Draft): void {
  try {
    if (Object.keys(draft).length === 0) localStorage.removeItem(key(importId));
    else localStorage.setItem(key(importId), JSON.stringify(draft));
  } catch {
    // Without storage the draft lives as long as the page.
  }
}
