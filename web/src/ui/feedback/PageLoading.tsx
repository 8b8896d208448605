import { Skeleton } from '@mantine/core';
import { useT } from '@/i18n/react';

/** A page on its way: the outline it will have, so that nothing jumps when it arrives. */
export function PageLoading() {
  const t = useT();
  return (
    <div role="status" aria-label={t('app.loading')}>
      <Skeleton height={28} width={220} mb={20} />
      <Skeleton height={148} mb={16} radius="lg" />
      <Skeleton height={320} radius="lg" />
    </div>
  );
}
