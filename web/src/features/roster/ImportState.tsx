import type { RosterImport } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import classes from './imports.module.css';

type State = RosterImport['state'];

const SIGNS: Record<State, { glyph: GlyphName; tone: string }> = {
  queued: { glyph: 'pending_review', tone: 'review' },
  reading: { glyph: 'pending_review', tone: 'review' },
  preview: { glyph: 'due', tone: 'warn' },
  importing: { glyph: 'pending_review', tone: 'review' },
  done: { glyph: 'valid', tone: 'ok' },
  failed: { glyph: 'overdue', tone: 'stop' },
  cancelled: { glyph: 'not_applicable', tone: 'muted' },
};

export function ImportState({ state }: { state: State }) {
  const t = useT();
  const { glyph, tone } = SIGNS[state];
  return (
    <span className={classes.state} data-tone={tone}>
      <Glyph name={glyph} size={16} />
      {t(`roster.state.${state}`)}
    </span>
  );
}
