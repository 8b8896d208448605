import { Skeleton } from '@mantine/core';
import { useT } from '@/i18n/react';
import classes from './driver-file.module.css';

/** The outline of a file: heading, verdict beside facts, rows. */
export function FileSkeleton() {
  const t = useT();
  return (
    <div role="status" aria-label={t('driverFile.loading')} className={classes.skeleton}>
      <div>
        <Skeleton height={28} width={260} />
        <Skeleton height={16} width={340} mt={10} />
      </div>
      <div className={classes.top}>
        <Skeleton height={204} radius="lg" />
        <Skeleton height={204} radius="lg" />
      </div>
      <Skeleton height={640} radius="lg" />
    </div>
  );
}
