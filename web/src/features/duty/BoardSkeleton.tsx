import { Skeleton } from '@mantine/core';
import { useT } from '@/i18n/react';
import classes from './duty.module.css';

/** The board's outline, in the sizes the content will have. */
export function BoardSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t('app.loading')} className={classes.skeleton}>
      <Skeleton height={128} radius="lg" />
      <Skeleton height={236} radius="lg" />
      <div className={classes.columns}>
        <Skeleton height={360} radius="lg" />
        <Skeleton height={360} radius="lg" />
      </div>
    </div>
  );
}
