import { VisuallyHidden } from '@mantine/core';
import type { MapPart } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import type { Change } from '../changes';
import { ICONS } from '../icons';
import { lookOf } from '../states';
import { isFailing, lineOf, nameOf, stateWord } from '../words';
import { share } from '../units';
import type { Rect } from './layout';
import classes from './box.module.css';

interface PartBoxProps {
  part: MapPart;
  rect: Rect | undefined;
  /** The last thing that happened to it, so that healing shows. */
  change: Change | undefined;
  alerts: number;
  open: boolean;
  onOpen: (part: string) => void;
  onHot: (part: string | null) => void;
}

/** A part: sign, name, state (shape, word and colour), and what it does. */
export function PartBox({ part, rect, change, alerts, open, onOpen, onHot }: PartBoxProps) {
  const healed = change?.kind === 'healed' || change?.kind === 'restarted';
  const outside = part.state === null;
  const small = rect !== undefined && rect.h < 60;
  const content = <BoxContent part={part} alerts={alerts} small={small} />;
  const place = rect && { left: rect.x, top: rect.y, width: rect.w, height: rect.h };
  if (outside) {
    return (
      <div className={classes.box} data-outside style={place}>
        {content}
      </div>
    );
  }
  return (
    <button
      // A new key starts the animation anew, once for each time it healed.
      key={healed ? change.id : 0}
      type="button"
      className={classes.box}
      data-state={part.state}
      data-healed={healed || undefined}
      data-open={open || undefined}
      data-small={small || undefined}
      data-tight={(rect !== undefined && rect.w < 150) || undefined}
      aria-haspopup="dialog"
      style={place}
      onClick={() => onOpen(part.name)}
      onPointerEnter={() => onHot(part.name)}
      onPointerLeave={() => onHot(null)}
      onFocus={() => onHot(part.name)}
      onBlur={() => onHot(null)}
    >
      {content}
    </button>
  );
}

interface BoxContentProps {
  part: MapPart;
  alerts: number;
  small: boolean;
}

function BoxContent({ part, alerts, small }: BoxContentProps) {
  const t = useT();
  const Icon = ICONS[part.kind];
  const line = lineOf(part);
  return (
    <>
      <span className={classes.top}>
        <Icon size={18} stroke={1.7} aria-hidden className={classes.icon} />
        <span className={classes.name}>{nameOf(part)}</span>
        {alerts > 0 && (
          <span className={classes.alerts}>
            <Glyph name="overdue" size={14} />
            <span aria-hidden>{alerts}</span>
            <VisuallyHidden>{t('operations.alertCount', { count: alerts })}</VisuallyHidden>
          </span>
        )}
      </span>
      {part.state !== null && (
        <span className={classes.state}>
          <Glyph name={lookOf(part.state).glyph} size={14} />
          <span>{stateWord(part)}</span>
        </span>
      )}
      {!small && line !== '' && <span className={classes.line}>{line}</span>}
      {!small && isFailing(part.error_ratio) && (
        <span className={classes.failing}>
          {t('operations.failing', { share: share(part.error_ratio ?? 0) })}
        </span>
      )}
    </>
  );
}
