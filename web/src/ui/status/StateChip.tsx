import type { State } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from './glyphs';
import { toneOf } from './states';
import classes from './status.module.css';

interface StateChipProps {
  state: State;
  /** Said after the word, e.g. how many. */
  suffix?: string | undefined;
}

/** A requirement's state: sign, word and colour together, never colour alone. */
export function StateChip({ state, suffix }: StateChipProps) {
  const t = useT();
  return (
    <span className={classes.chip} data-tone={toneOf(state)} title={t(`state.hint.${state}`)}>
      <Glyph name={state} size={14} />
      <span>{t(`state.${state}`)}</span>
      {suffix !== undefined && <span className={classes.suffix}>{suffix}</span>}
    </span>
  );
}
