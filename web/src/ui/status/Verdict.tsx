import { useT } from '@/i18n/react';
import { Glyph } from './glyphs';
import classes from './status.module.css';

interface VerdictProps {
  mayDrive: boolean;
  /** `row` in lists, `sign` on top of a driver's own page. */
  size?: 'row' | 'sign';
}

/** May this driver drive? The answer as people say it. */
export function Verdict({ mayDrive, size = 'row' }: VerdictProps) {
  const t = useT();
  return (
    <span className={classes.verdict} data-tone={mayDrive ? 'ok' : 'stop'} data-size={size}>
      <Glyph name={mayDrive ? 'valid' : 'blocked'} size={size === 'sign' ? 28 : 16} />
      {t(mayDrive ? 'verdict.yes' : 'verdict.no')}
    </span>
  );
}
