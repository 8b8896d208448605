import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TelematicsFeed } from '@/api';
import {
  deleteTelematicsFeedMutation,
  listTelematicsFeedsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { Confirm } from '@/ui/dialog/Confirm';
import { toast } from '@/ui/feedback/toast';

interface EndFeedProps {
  feed: TelematicsFeed;
  onClose: () => void;
}

/** Asks before an address stops working: its provider can't be given it again. */
export function EndFeed({ feed, onClose }: EndFeedProps) {
  const t = useT();
  const queries = useQueryClient();
  const reload = () => queries.invalidateQueries({ queryKey: listTelematicsFeedsQueryKey() });
  const end = useMutation({
    ...deleteTelematicsFeedMutation(),
    onSuccess: async () => {
      await reload();
      toast(t('telematics.ended', { name: feed.name }));
      onClose();
    },
    onError: (error) => {
      if (problemOf(error)?.status === 404) void reload();
    },
  });
  return (
    <Confirm
      title={t('telematics.endAsk', { name: feed.name })}
      action={t('telematics.end')}
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate({ path: { feed_id: feed.id } })}
      onClose={onClose}
    >
      <p>{t('telematics.endText')}</p>
    </Confirm>
  );
}
