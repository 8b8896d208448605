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
      <Skeleton height={148} radius="lg" />
      <Skeleton height={104} radius="lg" />
      <Skeleton height={640} radius="lg" />
    </div>
  );
}
