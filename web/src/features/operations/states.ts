import type { MapPart } from '@/api';
import type { GlyphName } from '@/ui/status/glyphs';
import type { Tone } from '@/ui/status/states';

export type PartState = NonNullable<MapPart['state']>;

/** How a part's state looks: the signs of the road, as everywhere else. */
const LOOKS: Record<PartState, { glyph: GlyphName; tone: Tone }> = {
  works: { glyph: 'valid', tone: 'ok' },
  starting: { glyph: 'pending_review', tone: 'review' },
  degraded: { glyph: 'expiring', tone: 'warn' },
  down: { glyph: 'blocked', tone: 'stop' },
  off: { glyph: 'not_applicable', tone: 'muted' },
  absent: { glyph: 'not_applicable', tone: 'muted' },
  unknown: { glyph: 'unknown', tone: 'unknown' },
};

export const lookOf = (state: PartState) => LOOKS[state];

/** Parts that have a state: everybody but those outside. */
export type StatefulPart = MapPart & { state: PartState };

export const hasState = (part: MapPart): part is StatefulPart => part.state !== null;

export const inState = (parts: MapPart[], state: PartState): StatefulPart[] =>
  parts.filter(hasState).filter((part) => part.state === state);
