/** A tool's definition as text to be read: nothing in it is ever rendered as markup, and nothing stays invisible. */

export type Definition = Record<string, unknown>;

/** The parts people read first; whatever else a definition has follows by name. */
const FIRST = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'];

interface Section {
  key: string;
  text: string;
}

// What no eye sees: control, format and ignorable characters, unusual line ends, private use. Line breaks, tabs and the
// variation selector of emoji are no secret.
const UNSEEN = /(?!\n|\t|\ufe0f)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{DI}\p{Zl}\p{Zp}]/gu;
const TAGGED = /[\u{e0020}-\u{e007e}]+/gu;

/** "⟨U+200B⟩" in place of what no eye sees; tag characters, which spell hidden words, are spelled out. */
export function visible(text: string): string {
  return text
    .replace(
      TAGGED,
      (run) =>
        `⟨${Array.from(run, (sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) - 0xe0000)).join('')}⟩`,
    )
    .replace(
      UNSEEN,
      (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

export const hasUnseen = (definition: Definition): boolean =>
  sectionsOf(definition, false).some(({ text }) => visible(text) !== text);

/** Keys in order, so that only what means something else looks different. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

function sectionsOf(definition: Definition, shown = true): Section[] {
  const keys = Object.keys(definition).filter((key) => definition[key] !== undefined);
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return keys
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((key) => {
      const value = definition[key];
      const text = typeof value === 'string' ? value : JSON.stringify(sorted(value), null, 2);
      return { key, text: shown ? visible(text) : text };
    });
}

export interface Compared {
  key: string;
  /** Null where that side has no such part. */
  before: string | null;
  after: string | null;
}

/** Both definitions part by part; `before` is null for one nobody has approved yet. */
export function compare(before: Definition | null, after: Definition): Compared[] {
  const [old, fresh] = [sectionsOf(before ?? {}), sectionsOf(after)];
  const keys = [...new Set([...fresh, ...old].map(({ key }) => key))];
  const find = (list: Section[], key: string) =>
    list.find((part) => part.key === key)?.text ?? null;
  return keys.map((key) => ({ key, before: find(old, key), after: find(fresh, key) }));
}
