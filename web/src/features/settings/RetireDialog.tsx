import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RequirementOut } from '@/api';
import {
  listRequirementsQueryKey,
  retireRequirementMutation,
} from '@/api/@tanstack/react-query.gen';
import { invalidateStandings } from '@/core/http/standings';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';
import { toast } from '@/ui/feedback/toast';

interface RetireDialogProps {
  entry: RequirementOut;
  onClose: () => void;
}

export function RetireDialog({ entry, onClose }: RetireDialogProps) {
  const t = useT();
  const queries = useQueryClient();
  const retire = useMutation({
    ...retireRequirementMutation(),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: listRequirementsQueryKey() });
      void invalidateStandings(queries);
      toast(t('settings.requirements.saved'));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('settings.requirements.retireAsk', { title: entry.title })}
      action={t('settings.requirements.retire')}
      pending={retire.isPending}
      error={retire.error}
      onConfirm={() => {
        retire.mutate({ path: { key: entry.key } });
      }}
      onClose={onClose}
    >
      <p>{t('settings.requirements.retireText')}</p>
    </Confirm>
  );
}
