import type { OperationsMap } from '@/api';
import { useT } from '@/i18n/react';
import { callWords } from '../words';
import classes from './part.module.css';

/** Who calls it, and whom it calls. */
export function PartCalls({ map, name }: { map: OperationsMap; name: string }) {
  const t = useT();
  const calls = map.calls.filter((call) => call.source === name || call.target === name);
  if (calls.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>{t('operations.calls')}</h3>
      <ul className={classes.rows}>
        {calls.map((call) => (
          <li key={`${call.source} ${call.target}`}>{callWords(call, map)}</li>
        ))}
      </ul>
    </section>
  );
}
