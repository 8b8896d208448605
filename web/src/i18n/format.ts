/**
 * The small part of ICU MessageFormat the product needs: `{name}` and
 * `{count, plural, =0 {nobody} one {# driver} other {# drivers}}` (no nesting of plurals).
 */

export type Values = Record<string, string | number>;

const PLURAL = /\{(\w+), plural,((?:\s*(?:=\d+|\w+) \{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g;
const BRANCH = /(=\d+|\w+) \{((?:[^{}]|\{\w+\})*)\}/g;
const NAME = /\{(\w+)\}/g;

function branchOf(branches: string, count: number, locale: string): string {
  const texts = new Map(
    [...branches.matchAll(BRANCH)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
  const text =
    texts.get(`=${count}`) ??
    texts.get(new Intl.PluralRules(locale).select(count)) ??
    texts.get('other') ??
    '';
  return text.replaceAll('#', formatNumber(count, locale));
}

const numbers = new Map<string, Intl.NumberFormat>();

export function formatNumber(value: number, locale: string): string {
  let format = numbers.get(locale);
  if (!format) {
    format = new Intl.NumberFormat(locale);
    numbers.set(locale, format);
  }
  return format.format(value);
}

/** The message with plurals chosen and the given values filled in; names without a value stay as they are. */
export function formatMessage(message: string, values: Values, locale: string): string {
  return message
    .replace(PLURAL, (_, name: string, branches: string) =>
      branchOf(branches, Number(values[name] ?? 0), locale),
    )
    .replace(NAME, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? formatNumber(value, locale) : value;
    });
}

/** The message cut at its names, for messages with something other than text inside. */
export function messageParts(message: string): { text?: string; name?: string }[] {
  return message
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => (/^\{\w+\}$/.test(part) ? { name: part.slice(1, -1) } : { text: part }));
}

/** Names a message asks for, sorted: the same in every language. */
export function placeholders(message: string): string[] {
  const names = [...message.matchAll(PLURAL)].map((match) => match[1] ?? '');
  // A branch of one word looks like a name: branches are opened before names are read.
  const plain = message.replace(PLURAL, (_, __, branches: string) =>
    [...branches.matchAll(BRANCH)].map((match) => match[2]).join(' '),
  );
  names.push(...[...plain.matchAll(NAME)].map((match) => match[1] ?? ''));
  return [...new Set(names)].sort();
}
