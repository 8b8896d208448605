import { Link } from '@tanstack/react-router';
import { useT } from '@/i18n/react';
import classes from './shell.module.css';

/** The mark: a warning diamond with a tick in it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <path
        d="M12.2 1.8a2.6 2.6 0 0 1 3.6 0l10.4 10.4a2.6 2.6 0 0 1 0 3.6L15.8 26.2a2.6 2.6 0 0 1-3.6 0L1.8 15.8a2.6 2.6 0 0 1 0-3.6Z"
        fill="var(--dc-amber)"
      />
      <path
        d="m8.8 14.4 3.6 3.6 6.8-7.6"
        fill="none"
        stroke="var(--dc-on-amber)"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Brand() {
  const t = useT();
  return (
    <Link to="/" className={classes.brand}>
      <Mark />
      <span>{t('app.name')}</span>
    </Link>
  );
}
