import { Button, Progress } from '@mantine/core';
import { explainProblem } from '@/core/http/explain';
import { useT } from '@/i18n/react';
import type { Leaving } from './use-bulk';
import classes from './bulk.module.css';

interface LeavingListProps {
  leaving: Leaving[];
  onAgain: (file: File) => void;
  onDismiss: (file: File) => void;
}

/** Files on their way: how far all of them are, and by name those that were refused or broke off. */
export function LeavingList({ leaving, onAgain, onDismiss }: LeavingListProps) {
  const t = useT();
  const going = leaving.filter((one) => one.error === null);
  const failed = leaving.filter((one) => one.error !== null);
  const share = going.reduce((sum, one) => sum + one.share, 0) / Math.max(going.length, 1);
  return (
    <div role="status" className={classes.leaving}>
      {going.length > 0 && (
        <>
          <p>{t('bulk.sending', { count: going.length })}</p>
          <Progress value={share * 100} aria-label={t('bulk.sending', { count: going.length })} />
        </>
      )}
      {failed.length > 0 && (
        <ul className={classes.failed}>
          {failed.map(({ file, error }) => (
            <li key={file.name + String(file.lastModified)}>
              <span>
                <b>{file.name}</b>: {explainProblem(error).what} {explainProblem(error).todo}
              </span>
              <Button size="xs" variant="default" onClick={() => onAgain(file)}>
                {t('action.retry')}
              </Button>
              <Button size="xs" variant="subtle" onClick={() => onDismiss(file)}>
                {t('bulk.dismiss')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
