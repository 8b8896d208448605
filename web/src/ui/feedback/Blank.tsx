import type { ReactNode } from 'react';
import classes from './feedback.module.css';

interface BlankProps {
  title: string;
  /** What the reader can do about it. */
  text?: string;
  icon?: ReactNode;
  children?: ReactNode;
}

/** Nothing to show: says why, and offers the next step. */
export function Blank({ title, text, icon, children }: BlankProps) {
  return (
    <div className={classes.blank}>
      {icon !== undefined && <div className={classes.blankIcon}>{icon}</div>}
      <h2 className={classes.blankTitle}>{title}</h2>
      {text !== undefined && <p className={classes.blankText}>{text}</p>}
      {children !== undefined && <div className={classes.blankActions}>{children}</div>}
    </div>
  );
}
