import type { ReactNode } from 'react';
import classes from './feedback.module.css';

interface BlankProps {
  /** `h1` where this is all the page has. */
  heading?: 'h1' | 'h2';
  title: string;
  /** What the reader can do about it. */
  text?: string;
  icon?: ReactNode;
  children?: ReactNode;
}

/** Nothing to show: says why, and offers the next step. */
export function Blank({ heading: Heading = 'h2', title, text, icon, children }: BlankProps) {
  return (
    <div className={classes.blank}>
      {icon !== undefined && <div className={classes.blankIcon}>{icon}</div>}
      <Heading className={classes.blankTitle}>{title}</Heading>
      {text !== undefined && <p className={classes.blankText}>{text}</p>}
      {children !== undefined && <div className={classes.blankActions}>{children}</div>}
    </div>
  );
}
