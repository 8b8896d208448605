/**
 * The words of the product. `en` is the source of the keys; `es` must have exactly the same (types and a test see to
 * it). One language is loaded at a time, before the first render.
 */
import type { Messages } from './en';
import { formatMessage, type Values } from './format';

export const LOCALES = ['en', 'es'] as const;
export type Locale = (typeof LOCALES)[number];
export type MessageKey = keyof Messages;

const STORED = 'dot-locale';

let locale: Locale = 'en';
let messages: Partial<Record<MessageKey, string>> = {};
const listeners = new Set<() => void>();

export function toLocale(value: string | null | undefined): Locale | undefined {
  const language = value?.slice(0, 2).toLowerCase();
  return LOCALES.find((entry) => entry === language);
}

/** The reader's own choice, else the browser's languages, else English. */
export function preferredLocale(): Locale {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // Storage may be forbidden; the browser's language is a fine answer.
  }
  const wishes = [stored, ...navigator.languages].map(toLocale);
  return wishes.find((entry) => entry !== undefined) ?? 'en';
}

export const getLocale = (): Locale => locale;

/** How Intl writes numbers and dates: the fleets are in the United States, in both languages. */
export const intlTag = (of: Locale = locale): string => `${of}-US`;

export async function setLocale(next: Locale): Promise<void> {
  messages = next === 'es' ? (await import('./es')).es : (await import('./en')).en;
  locale = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // Not remembered on this device, still shown now.
  }
  for (const listener of listeners) listener();
}

export function onLocaleChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function translate(key: MessageKey, values: Values = {}): string {
  return formatMessage(messages[key] ?? key, values, intlTag());
}

/** The message of a key made at run time (`problem.<slug>`), or undefined when nobody wrote one. */
export function lookUp(key: string, values: Values = {}): string | undefined {
  const message = (messages as Record<string, string | undefined>)[key];
  return message === undefined ? undefined : formatMessage(message, values, intlTag());
}
