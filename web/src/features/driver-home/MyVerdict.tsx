import type { DriverFileOut } from '@/api';
import { useFormats, useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import classes from './driver-home.module.css';

/** So many reasons on the first screen; the file has them all. */
const SHOWN = 2;

export function MyVerdict({ file }: { file: DriverFileOut }) {
  const t = useT();
  const { date } = useFormats();
  const tone = !file.employed ? 'muted' : file.may_drive ? 'ok' : 'stop';
  const glyph = { muted: 'not_applicable', ok: 'valid', stop: 'blocked' } as const;
  const words = {
    muted: 'driverHome.notEmployed',
    ok: 'driverHome.yes',
    stop: 'driverHome.no',
  } as const;
  const more = file.reasons.length - SHOWN;
  return (
    <section className={classes.verdict} data-tone={tone}>
      <Glyph name={glyph[tone]} size={56} />
      <div>
        <h2 className={classes.verdictTitle}>{t(words[tone])}</h2>
        <p className={classes.day}>{date(file.as_of, { length: 'long', asOf: file.as_of })}</p>
        <ul className={classes.reasons}>
          {file.reasons.slice(0, SHOWN).map((reason) => (
            <li key={reason.requirement}>{reason.text}</li>
          ))}
        </ul>
        {more > 0 && <p>{t('driverHome.more', { count: more })}</p>}
      </div>
    </section>
  );
}
