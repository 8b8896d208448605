import { Fragment, useSyncExternalStore, type ReactNode } from 'react';
import { formatDate, formatDistance, type DateStyle, type PlainDate } from '@/core/dates';
import { getLocale, intlTag, onLocaleChange, translate, type Locale, type MessageKey } from '.';
import { formatNumber, messageParts, type Values } from './format';

export interface Translator {
  (key: MessageKey, values?: Values): string;
}

export function useLocale(): Locale {
  return useSyncExternalStore(onLocaleChange, getLocale);
}

/** `t('duty.title')`; re-renders when the language changes. */
export function useT(): Translator {
  useLocale();
  return translate;
}

export interface Formats {
  date: (date: PlainDate, style?: Omit<DateStyle, 'locale'>) => string;
  distance: (from: PlainDate, to: PlainDate) => string;
  number: (value: number) => string;
}

export function useFormats(): Formats {
  const locale = intlTag(useLocale());
  return {
    date: (date, style) => formatDate(date, { locale, ...style }),
    distance: (from, to) => formatDistance(from, to, locale),
    number: (value) => formatNumber(value, locale),
  };
}

interface RichProps {
  id: MessageKey;
  /** Text and numbers, filled in before the parts are cut (plurals need them). */
  values?: Values;
  /** What stands for the other names: links, emphasised figures. */
  parts: Record<string, ReactNode>;
}

/** A sentence with elements inside, so that word order stays the translator's. */
export function Rich({ id, values, parts }: RichProps) {
  const t = useT();
  return messageParts(t(id, values)).map((part, index) => (
    <Fragment key={index}>{part.name === undefined ? part.text : parts[part.name]}</Fragment>
  ));
}
