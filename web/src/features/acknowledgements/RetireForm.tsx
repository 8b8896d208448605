import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Form } from '@/api';
import {
  listAcknowledgementFormsQueryKey,
  retireAcknowledgementFormMutation,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';

/** Asks before nobody is asked any more. */
export function RetireForm({ form, onClose }: { form: Form; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const retire = useMutation({
    ...retireAcknowledgementFormMutation(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listAcknowledgementFormsQueryKey() });
      onClose();
    },
  });
  return (
    <Confirm
      title={t('ack.retireLabel', { title: form.words.en.title })}
      action={t('ack.retire')}
      pending={retire.isPending}
      error={retire.error}
      onConfirm={() => retire.mutate({ path: { form_id: form.id } })}
      onClose={onClose}
    >
      <p>{t('ack.retireText')}</p>
    </Confirm>
  );
}
