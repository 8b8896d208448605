import type { MapPart, OperationsMap } from '@/api';
import type { PartState } from './states';

export type ChangeKind = 'failed' | 'weakened' | 'healed' | 'restarted' | 'starting' | 'stopped';

/** Something that happened to a part while somebody was looking. */
export interface Change {
  id: number;
  part: string;
  label: string;
  kind: ChangeKind;
  at: Date;
}

const KINDS: Partial<Record<PartState, ChangeKind>> = {
  works: 'healed',
  down: 'failed',
  degraded: 'weakened',
  starting: 'starting',
  off: 'stopped',
};

/** What a part's new picture says that the old one did not. A restart between two looks shows in the number of restarts. */
export function changeOf(before: MapPart, after: MapPart): ChangeKind | null {
  if (before.state !== after.state) {
    return after.state === null ? null : (KINDS[after.state] ?? null);
  }
  return after.state === 'works' && after.restarts > before.restarts ? 'restarted' : null;
}

/** Keeps what changed from one map to the next, the newest first; a page has one, and shows it by `subscribe`. */
export class ChangeLog {
  private changes: readonly Change[] = [];
  private parts: ReadonlyMap<string, MapPart> | null = null;
  private next = 1;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly keeps = 20) {}

  note(map: OperationsMap): void {
    const before = this.parts;
    this.parts = new Map(map.parts.map((part) => [part.name, part]));
    if (before === null) return;
    const fresh = map.parts.flatMap((part): Change[] => {
      const old = before.get(part.name);
      const kind = old === undefined ? null : changeOf(old, part);
      if (kind === null) return [];
      const at = new Date(map.taken_at);
      return [{ id: this.next++, part: part.name, label: part.label, kind, at }];
    });
    if (fresh.length === 0) return;
    this.changes = [...fresh, ...this.changes].slice(0, this.keeps);
    for (const listener of this.listeners) listener();
  }

  readonly list = (): readonly Change[] => this.changes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
