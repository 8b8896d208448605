import type { OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Glyph, type GlyphName } from '@/ui/status/glyphs';
import type { Change, ChangeKind } from './changes';
import classes from './operations.module.css';
import { clock } from './units';
import { nameOf } from './words';

const SIGNS: Record<ChangeKind, GlyphName> = {
  failed: 'blocked',
  weakened: 'expiring',
  healed: 'valid',
  restarted: 'valid',
  starting: 'pending_review',
  stopped: 'not_applicable',
};

interface ChangesPanelProps {
  map: OperationsMap;
  changes: readonly Change[];
  onOpen: (part: string) => void;
}

/** What happened while this page was open. */
export function ChangesPanel({ map, changes, onOpen }: ChangesPanelProps) {
  const t = useT();
  const restarted = map.parts.filter((part) => part.restarts > 0);
  return (
    <Panel title={t('operations.changes')}>
      {changes.length === 0 && <p className={classes.quiet}>{t('operations.noChanges')}</p>}
      <ol className={classes.changes}>
        {changes.slice(0, 8).map((change) => (
          <li key={change.id}>
            <button
              type="button"
              className={classes.change}
              data-kind={change.kind}
              onClick={() => onOpen(change.part)}
            >
              <span className={classes.changeAt}>{clock(change.at)}</span>
              <Glyph name={SIGNS[change.kind]} size={16} />
              <span>
                {t(`operations.change.${change.kind}`, {
                  part: nameOf({ name: change.part, label: change.label }),
                })}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {restarted.length > 0 && (
        <p className={classes.quiet}>
          {t('operations.restartsSoFar', {
            list: restarted.map((part) => `${nameOf(part)} ${part.restarts}`).join(', '),
          })}
        </p>
      )}
    </Panel>
  );
}
