import type { Packet, State } from '@/api';
import type { Tone } from '@/ui/status/states';

export interface Look {
  tone: Tone;
  glyph: State;
  word: 'queued' | 'building' | 'done' | 'failed' | 'cancelled' | 'revoked' | 'gone';
}

const LOOKS: Record<Look['word'], Pick<Look, 'tone' | 'glyph'>> = {
  queued: { tone: 'review', glyph: 'pending_review' },
  building: { tone: 'review', glyph: 'pending_review' },
  done: { tone: 'ok', glyph: 'valid' },
  failed: { tone: 'stop', glyph: 'overdue' },
  cancelled: { tone: 'unknown', glyph: 'not_applicable' },
  revoked: { tone: 'stop', glyph: 'blocked' },
  gone: { tone: 'unknown', glyph: 'not_applicable' },
};

/** What a packet looks like: revoked and past their time are states of their own for a reader. */
export function lookOf(packet: Packet): Look {
  let word: Look['word'] = packet.state;
  if (packet.revoked_at !== null) word = 'revoked';
  else if (packet.state === 'done' && !packet.downloadable) word = 'gone';
  return { word, ...LOOKS[word] };
}
