import { IconBook2 } from '@tabler/icons-react';
import { useT } from '@/i18n/react';
import classes from './operations.module.css';

/** What to do about an alert: a link where the runbook has an address, else its place in the documentation. */
export function Runbook({ at }: { at: string }) {
  const t = useT();
  const icon = <IconBook2 size={16} stroke={1.7} aria-hidden />;
  if (!/^https?:\/\//.test(at)) {
    return (
      <span className={classes.runbook}>
        {icon}
        {t('operations.runbookAt', { path: at })}
      </span>
    );
  }
  return (
    <a className={classes.runbook} href={at} target="_blank" rel="noreferrer">
      {icon}
      {t('operations.runbook')}
    </a>
  );
}
