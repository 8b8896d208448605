import type { ReactNode } from 'react';
import type { Tone } from './states';
import classes from './status.module.css';

interface TagProps {
  tone: Tone;
  /** A sign of its own shape: the tag is understood without its colour. */
  sign: ReactNode;
  children: ReactNode;
}

/** A short fact in the colours of a state: sign, word and colour together. */
export function Tag({ tone, sign, children }: TagProps) {
  return (
    <span className={classes.chip} data-tone={tone}>
      {sign}
      <span>{children}</span>
    </span>
  );
}
