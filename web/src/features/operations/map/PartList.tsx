import type { MapPart, Network, OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import type { Change } from '../changes';
import { ICONS } from '../icons';
import { hasState, lookOf, type StatefulPart } from '../states';
import { lineOf, nameOf, stateWord } from '../words';
import classes from './list.module.css';

const NETWORKS: readonly Network[] = ['frontend', 'backend', 'mcp', 'monitoring'];

interface PartListProps {
  map: OperationsMap;
  changes: readonly Change[];
  onOpen: (part: string) => void;
}

/** The map where there is no room for one: the same parts by network, the worst first in each. */
export function PartList({ map, changes, onOpen }: PartListProps) {
  const t = useT();
  return NETWORKS.map((network) => (
    <section
      key={network}
      aria-label={t(`operations.network.${network}`)}
      className={classes.group}
    >
      <h3 className={classes.network}>{t(`operations.network.${network}`)}</h3>
      <ul>
        {worstFirst(map.parts.filter((part) => part.network === network)).map((part) => (
          <li key={part.name}>
            <Row
              part={part}
              healed={healed(changes.find((change) => change.part === part.name))}
              onOpen={onOpen}
            />
          </li>
        ))}
      </ul>
    </section>
  ));
}

const healed = (change: Change | undefined): number =>
  change?.kind === 'healed' || change?.kind === 'restarted' ? change.id : 0;

const RANK = { down: 0, degraded: 1, starting: 2, unknown: 3, works: 4, off: 5, absent: 6 };

const worstFirst = (parts: MapPart[]): StatefulPart[] =>
  parts.filter(hasState).sort((a, b) => RANK[a.state] - RANK[b.state]);

interface RowProps {
  part: StatefulPart;
  healed: number;
  onOpen: (part: string) => void;
}

function Row({ part, healed, onOpen }: RowProps) {
  const Icon = ICONS[part.kind];
  const look = lookOf(part.state);
  return (
    <button
      key={healed}
      type="button"
      className={classes.row}
      data-tone={look.tone}
      data-healed={healed > 0 || undefined}
      aria-haspopup="dialog"
      onClick={() => onOpen(part.name)}
    >
      <Icon size={20} stroke={1.7} aria-hidden />
      <span className={classes.name}>{nameOf(part)}</span>
      <span className={classes.state}>
        <Glyph name={look.glyph} size={14} />
        {stateWord(part)}
      </span>
      <span className={classes.line}>{lineOf(part)}</span>
    </button>
  );
}
