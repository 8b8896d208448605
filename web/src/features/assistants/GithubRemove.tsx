import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  detachGithubTokenMutation,
  listAssistantToolsQueryKey,
  readGithubTokenQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';
import { toast } from '@/ui/feedback/toast';

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
    <Confirm
      title={t('assistants.github.removeAsk')}
      action={t('assistants.github.remove')}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => {
        remove.mutate({});
      }}
      onClose={onClose}
    >
      <p>{t('assistants.github.removeText')}</p>
    </Confirm>
  );
}
