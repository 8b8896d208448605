import { Link } from '@tanstack/react-router';
import { useT } from '@/i18n/react';
import type { NavEntry } from './nav';
import classes from './shell.module.css';

interface NavListProps {
  entries: NavEntry[];
  /** `rail` on the desktop, `bar` at the bottom of a phone. */
  shape: 'rail' | 'bar';
  onFollow?: () => void;
}

export function NavList({ entries, shape, onFollow }: NavListProps) {
  const t = useT();
  return (
    <ul className={shape === 'rail' ? classes.railList : classes.barList}>
      {entries.map(({ to, label, icon: Icon }) => (
        <li key={to}>
          <Link
            to={to}
            className={shape === 'rail' ? classes.railLink : classes.barLink}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ 'data-active': true, 'aria-current': 'page' }}
            onClick={onFollow}
          >
            <Icon size={20} stroke={1.7} aria-hidden />
            <span>{t(label)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
