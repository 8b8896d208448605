import { useMutation, useQueryClient } from '@tanstack/react-query';
import { revokeShare, type Share } from '@/api';
import { listSharesQueryKey } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';
import { toast } from '@/ui/feedback/toast';

interface RevokeShareProps {
  share: Share;
  onClose: () => void;
}

export function RevokeShare({ share, onClose }: RevokeShareProps) {
  const t = useT();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => (await revokeShare({ path: { share_id: share.id } })).data,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listSharesQueryKey() });
      toast(t('shares.revoked', { title: share.title }));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('shares.revokeAsk', { title: share.title })}
      action={t('shares.revoke')}
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{t('shares.revokeText')}</p>
    </Confirm>
  );
}
