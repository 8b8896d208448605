import { Skeleton } from '@mantine/core';
import { useT } from '@/i18n/react';
import classes from './drivers.module.css';

export function TableSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t('app.loading')} className={classes.table}>
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={classes.skeletonRow}>
          <Skeleton height={16} width="60%" />
          <Skeleton height={16} width="40%" />
          <Skeleton height={16} width="80%" />
        </div>
      ))}
    </div>
  );
}
