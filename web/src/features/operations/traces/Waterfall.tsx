import { useState, type CSSProperties } from 'react';
import type { TraceDetail, TraceSpan } from '@/api';
import { useT } from '@/i18n/react';
import { Glyph } from '@/ui/status/glyphs';
import { milliseconds } from '../units';
import classes from './traces.module.css';

const SCALE = [0, 0.25, 0.5, 0.75];

/** Spans below one another, each a bar on the time of the whole trace; a click tells what is known of it. */
export function Waterfall({ trace }: { trace: TraceDetail }) {
  const [open, setOpen] = useState<string | null>(null);
  const total = Math.max(trace.duration_ms, 0.001);
  return (
    <ol className={classes.spans}>
      <li className={classes.scale} aria-hidden="true">
        {SCALE.map((share) => (
          <span key={share} style={{ left: `${share * 100}%` }}>
            {milliseconds(share * total)}
          </span>
        ))}
      </li>
      {trace.spans.map((span) => (
        <li key={span.span_id}>
          <Bar
            span={span}
            total={total}
            open={open === span.span_id}
            onToggle={() => {
              setOpen(open === span.span_id ? null : span.span_id);
            }}
          />
        </li>
      ))}
    </ol>
  );
}

interface BarProps {
  span: TraceSpan;
  total: number;
  open: boolean;
  onToggle: () => void;
}

function Bar({ span, total, open, onToggle }: BarProps) {
  const t = useT();
  const left = Math.min(100, (span.offset_ms / total) * 100);
  const width = Math.min(100 - left, (span.duration_ms / total) * 100);
  // The figure stands where there is room: after the bar, else before it.
  const after = left + width < 78;
  const time: CSSProperties = after ? { left: `${left + width}%` } : { right: `${100 - left}%` };
  const within = left < 12 && !after;
  const id = `span-${span.span_id}`;
  return (
    <>
      <button
        type="button"
        className={classes.span}
        aria-expanded={open}
        aria-controls={id}
        onClick={onToggle}
      >
        <span
          className={classes.label}
          style={{ '--depth': Math.min(span.depth, 12) } as CSSProperties}
        >
          {span.failed && <Glyph name="blocked" size={14} />}
          <span className={classes.labelText}>{span.name}</span>
          <span className={classes.soft}>{span.part}</span>
        </span>
        <span className={classes.lane}>
          <span
            className={classes.bar}
            data-kind={span.kind}
            data-failed={span.failed || undefined}
            style={{ left: `${left}%`, width: `${width}%` }}
          />
          <span
            className={classes.time}
            data-within={within ? span.kind : undefined}
            style={within ? { left: 4 } : time}
          >
            {milliseconds(span.duration_ms)}
          </span>
        </span>
      </button>
      <div id={id}>
        {open && (
          <dl className={classes.facts}>
            <dt>{t('operations.span.kind')}</dt>
            <dd>{span.kind}</dd>
            <dt>{t('operations.span.starts')}</dt>
            <dd>{milliseconds(span.offset_ms)}</dd>
            {span.detail !== '' && (
              <>
                <dt>{t('operations.span.error')}</dt>
                <dd>{span.detail}</dd>
              </>
            )}
            {Object.entries(span.attributes).map(([name, value]) => (
              <Attribute key={name} name={name} value={value} />
            ))}
          </dl>
        )}
      </div>
    </>
  );
}

function Attribute({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
