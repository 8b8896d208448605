import type { OperationsMap, Source } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import classes from './operations.module.css';

/** What the page can't tell at the moment, and why: said once, below the map. */
export function SourceNotes({ map }: { map: OperationsMap }) {
  const t = useT();
  const silent = map.sources.filter((source) => source.state !== 'ok' && matters(source, map));
  return (
    <ul className={classes.notes} aria-label={t('operations.sources')}>
      {silent.map((source) => (
        <li key={source.name}>
          <Glyph name={source.state === 'failed' ? 'overdue' : 'unknown'} size={16} />
          <span>
            {t(`operations.source.${source.name}.${source.state === 'failed' ? 'failed' : 'off'}`)}
            {source.detail !== null && <span className={classes.quiet}> ({source.detail})</span>}
          </span>
        </li>
      ))}
      <li>
        <Glyph name="due" size={16} />
        <span>{t(`operations.partsFrom.${map.parts_from}`)}</span>
      </li>
    </ul>
  );
}

/** Without a supervisor, Prometheus tells how the parts are: nothing is missing then. */
const matters = (source: Source, map: OperationsMap): boolean =>
  source.name !== 'supervisor' || source.state === 'failed' || map.parts_from === 'checks';
