import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Form } from '@/api';
import {
  listAcknowledgementFormsQueryKey,
  retireAcknowledgementFormMutation,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './acknowledgements.module.css';

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
    <Modal
      opened
      onClose={onClose}
      title={t('ack.retireLabel', { title: form.words.en.title })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.sheet}>
        <p>{t('ack.retireText')}</p>
        {retire.isError && <Trouble error={retire.error} />}
        <div className={classes.foot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            color="amber"
            loading={retire.isPending}
            onClick={() => retire.mutate({ path: { form_id: form.id } })}
          >
            {t('ack.retire')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
