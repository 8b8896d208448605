import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RequirementOut } from '@/api';
import {
  listRequirementsQueryKey,
  retireRequirementMutation,
} from '@/api/@tanstack/react-query.gen';
import { invalidateStandings } from '@/core/http/standings';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './settings.module.css';

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
    <Modal
      opened
      onClose={onClose}
      title={t('settings.requirements.retireAsk', { title: entry.title })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.form}>
        <p>{t('settings.requirements.retireText')}</p>
        {retire.isError && <Trouble error={retire.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            color="amber"
            loading={retire.isPending}
            onClick={() => {
              retire.mutate({ path: { key: entry.key } });
            }}
          >
            {t('settings.requirements.retire')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
