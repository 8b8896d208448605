import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  detachGithubTokenMutation,
  listAssistantToolsQueryKey,
  readGithubTokenQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './assistants.module.css';

export function GithubRemove({ onClose }: { onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const remove = useMutation({
    ...detachGithubTokenMutation(),
    onSuccess: () => {
      queries.setQueryData(readGithubTokenQueryKey(), { attached: false });
      void queries.invalidateQueries({ queryKey: listAssistantToolsQueryKey() });
      toast(t('assistants.github.removed'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('assistants.github.removeAsk')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.form}>
        <p>{t('assistants.github.removeText')}</p>
        {remove.isError && <Trouble error={remove.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button
            color="amber"
            loading={remove.isPending}
            onClick={() => {
              remove.mutate({});
            }}
          >
            {t('assistants.github.remove')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
