import type { AssistantCall, Scope } from '@/api';
import { getLocale, lookUp } from '@/i18n';
import type { Tone } from '@/ui/status/states';
import type { GlyphName } from '@/ui/status/glyphs';

/** "read drivers and their files"; a scope without words yet shows its name. */
export const scopeWords = (scope: Scope): string => lookUp(`assistants.scope.${scope}`) ?? scope;

/** "read drivers, record evidence and stay connected", as the language joins. */
export function scopesWords(scopes: readonly Scope[]): string {
  const list = new Intl.ListFormat(getLocale(), { type: 'conjunction' });
  return list.format(scopes.map(scopeWords));
}

export interface Outcome {
  words: string;
  tone: Tone;
  glyph: GlyphName;
}

const LOOKS: Record<string, Pick<Outcome, 'tone' | 'glyph'>> = {
  ok: { tone: 'ok', glyph: 'valid' },
  tool_error: { tone: 'warn', glyph: 'expiring' },
  error: { tone: 'stop', glyph: 'overdue' },
  timeout: { tone: 'stop', glyph: 'expired' },
  refused: { tone: 'stop', glyph: 'blocked' },
  cancelled: { tone: 'unknown', glyph: 'not_applicable' },
};

export function outcomeOf({ outcome }: Pick<AssistantCall, 'outcome'>): Outcome {
  return {
    words: lookUp(`assistants.outcome.${outcome}`) ?? outcome,
    ...(LOOKS[outcome] ?? { tone: 'unknown', glyph: 'unknown' }),
  };
}

/** A duration in the unit people feel: milliseconds below one second. */
export function spent(ms: number): { unit: 'ms' | 'seconds'; value: number } {
  if (ms < 10) return { unit: 'ms', value: Math.round(ms * 10) / 10 };
  if (ms < 1000) return { unit: 'ms', value: Math.round(ms) };
  return { unit: 'seconds', value: Math.round(ms / 100) / 10 };
}
