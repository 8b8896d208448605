import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { acceptBulkItem, type Item } from '@/api';
import { listRequirementsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { accepted, formOf, isSure } from './form';

interface AcceptSureProps {
  items: Item[];
  onDone: () => Promise<void>;
}

/** Accepts everything that leaves no doubt, one after another. What is refused stays in the list. */
export function AcceptSure({ items, onDone }: AcceptSureProps) {
  const t = useT();
  const catalogue = useQuery({ ...listRequirementsOptions(), staleTime: 5 * 60_000 });
  const sure = items.filter((item) => isSure(item, catalogue.data?.items ?? []));
  const accept = useMutation({
    mutationFn: async () => {
      let refused = 0;
      for (const item of sure) {
        try {
          await acceptBulkItem({ path: { item_id: item.id }, body: accepted(formOf(item)) });
        } catch {
          refused += 1;
        }
      }
      return refused;
    },
    onSuccess: async (refused) => {
      await onDone();
      const done = sure.length - refused;
      toast(
        refused === 0 ? t('bulk.acceptedAll', { done }) : t('bulk.acceptedSome', { done, refused }),
      );
    },
  });
  if (sure.length === 0) return null;
  return (
    <Button color="amber" loading={accept.isPending} onClick={() => accept.mutate()}>
      {t('bulk.acceptSure', { count: sure.length })}
    </Button>
  );
}
