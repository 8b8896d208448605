import { useEffect, type ReactNode } from 'react';
import { useT } from '@/i18n/react';
import classes from './layout.module.css';

interface PageProps {
  /** The page's name: its heading and the browser's title. */
  title: string;
  /** A sentence under the heading. */
  lead?: ReactNode;
  /** Buttons and pickers at the heading's right. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: one heading, its actions, its content. */
export function Page({ title, lead, actions, children }: PageProps) {
  useTitle(title);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1 className={classes.title}>{title}</h1>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function useTitle(title: string): void {
  const name = useT()('app.name');
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
}

interface PanelProps {
  /** The panel's heading. */
  title?: string;
  aside?: ReactNode;
  /** No padding around the content: for tables and lists that reach the edge. */
  flush?: boolean;
  children: ReactNode;
}

/** A surface with one subject. */
export function Panel({ title, aside, flush = false, children }: PanelProps) {
  return (
    <section className={classes.panel} aria-label={title}>
      {title !== undefined && (
        <div className={classes.panelHead}>
          <h2 className={classes.panelTitle}>{title}</h2>
          {aside}
        </div>
      )}
      <div className={flush ? undefined : classes.panelBody}>{children}</div>
    </section>
  );
}
