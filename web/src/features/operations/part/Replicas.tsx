import type { MapPart } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { lookOf } from '../states';
import { megabytes, share } from '../units';
import classes from './part.module.css';

/** The processes of a part that has several. */
export function Replicas({ part }: { part: MapPart }) {
  const t = useT();
  if (part.replicas.length < 2) return null;
  return (
    <section>
      <h3 className={classes.heading}>{t('operations.part.processes')}</h3>
      <ul className={classes.rows}>
        {part.replicas.map((replica) => (
          <li key={replica.name} className={classes.replica} data-tone={lookOf(replica.state).tone}>
            <Glyph name={lookOf(replica.state).glyph} size={16} />
            <span>
              <strong>{replica.name}</strong> {t(`operations.state.${replica.state}`)}
              {replica.detail !== null && <span className={classes.soft}> – {replica.detail}</span>}
            </span>
            <span className={classes.soft}>
              {[
                replica.cpu !== null && t('operations.cpu', { share: share(replica.cpu) }),
                replica.memory_mb !== null && megabytes(replica.memory_mb),
              ]
                .filter((piece) => piece !== false)
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
