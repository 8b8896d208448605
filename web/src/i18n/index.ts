/**
 * The words of the product. `en` is the source of the keys; `es` must have exactly the same (types and a test see to
 * it). One language is loaded at a time: the words of the frame before the first render, those of the pages with the
 * first page.
 */
import type { Messages } from './en';
import { formatMessage, type Values } from './format';

export const LOCALES = ['en', 'es'] as const;
export type Locale = (typeof LOCALES)[number];
export type MessageKey = keyof Messages;

const STORED = 'dot-locale';

let locale: Locale = 'en';
let messages: Partial<Record<MessageKey, string>> = {};
let pagesWanted = false;
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
  const first =
    next === 'es' ? (await import('./es/first')).first : (await import('./en/first')).first;
  const pages = pagesWanted ? await pagesOf(next) : {};
  messages = { ...first, ...pages };
  locale = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // Not remembered on this device, still shown now.
  }
  for (const listener of listeners) listener();
}

const pagesOf = async (of: Locale): Promise<Partial<Record<MessageKey, string>>> =>
  of === 'es' ? (await import('./es/pages')).pages : (await import('./en/pages')).pages;

/** Resolves when the pages' words are there, too; every page but the way in waits for them (`routes/page.ts`). */
export async function loadPageWords(): Promise<void> {
  if (pagesWanted) return;
  const of = locale;
  const pages = await pagesOf(of);
  // The language changed meanwhile: its pages are the ones to wait for.
  if (of !== locale) return loadPageWords();
  pagesWanted = true;
  messages = { ...messages, ...pages };
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
