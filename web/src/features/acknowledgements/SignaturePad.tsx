import { Button } from '@mantine/core';
import { useRef, useState, type PointerEvent } from 'react';
import { useT } from '@/i18n/react';
import classes from './acknowledgements.module.css';
import { onPad, type Point, type Strokes } from './strokes';

/** As the server takes them. */
const MOST_STROKES = 80;
const MOST_POINTS = 2000;

interface SignaturePadProps {
  strokes: Strokes;
  onChange: (strokes: Strokes) => void;
}

/** A field to draw in with a finger, a pen or a mouse. Whoever can't draw types the name, which is the signature anyway. */
export function SignaturePad({ strokes, onChange }: SignaturePadProps) {
  const t = useT();
  const field = useRef<SVGSVGElement>(null);
  const [current, setCurrent] = useState<Point[] | null>(null);
  const place = (event: PointerEvent): Point => {
    const box = field.current?.getBoundingClientRect();
    return box ? onPad(event, box) : [0, 0];
  };
  const end = () => {
    if (current !== null) onChange([...strokes, current]);
    setCurrent(null);
  };
  return (
    <div>
      <p className={classes.padLabel}>{t('ack.draw')}</p>
      <svg
        ref={field}
        className={classes.pad}
        viewBox="0 0 1000 1000"
        preserveAspectRatio="none"
        aria-hidden
        onPointerDown={(event) => {
          if (strokes.length >= MOST_STROKES) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setCurrent([place(event)]);
        }}
        onPointerMove={(event) => {
          if (current !== null && current.length < MOST_POINTS) {
            setCurrent([...current, place(event)]);
          }
        }}
        onPointerUp={end}
        onPointerCancel={end}
      >
        {[...strokes, ...(current ? [current] : [])].map((stroke, index) => (
          <polyline key={index} points={stroke.map((point) => point.join()).join(' ')} />
        ))}
      </svg>
      {strokes.length > 0 && (
        <Button variant="default" mt={8} onClick={() => onChange([])}>
          {t('ack.drawClear')}
        </Button>
      )}
    </div>
  );
}
