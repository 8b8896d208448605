import type { Upstream } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import type { Tone } from '@/ui/status/states';
import { Tag } from '@/ui/status/Tag';

const LOOKS: Record<Upstream['state'], { tone: Tone; glyph: GlyphName }> = {
  ready: { tone: 'ok', glyph: 'valid' },
  down: { tone: 'stop', glyph: 'blocked' },
  starting: { tone: 'review', glyph: 'pending_review' },
  off: { tone: 'unknown', glyph: 'not_applicable' },
};

export function UpstreamState({ state }: Pick<Upstream, 'state'>) {
  const t = useT();
  const { tone, glyph } = LOOKS[state];
  return (
    <Tag tone={tone} sign={<Glyph name={glyph} size={14} />}>
      {t(`assistants.servers.state.${state}`)}
    </Tag>
  );
}
