import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TelematicsFeed } from '@/api';
import {
  deleteTelematicsFeedMutation,
  listTelematicsFeedsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { problemOf } from '@/core/http/problem';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './telematics.module.css';

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
    <Modal
      opened
      onClose={onClose}
      title={t('telematics.endAsk', { name: feed.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={classes.form}>
        <p>{t('telematics.endText')}</p>
        {end.isError && <Trouble error={end.error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button
            color="amber"
            loading={end.isPending}
            onClick={() => end.mutate({ path: { feed_id: feed.id } })}
          >
            {t('telematics.end')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
