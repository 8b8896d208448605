import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listTelematicsFeedsOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { FeedItem } from './FeedItem';
import classes from './telematics.module.css';

/** The accounts at providers, with the address each sends to. */
export function Feeds() {
  const t = useT();
  const feeds = useQuery(listTelematicsFeedsOptions());
  const items = feeds.data?.items ?? [];
  return (
    <Panel title={t('telematics.feeds')} flush>
      {feeds.isPending && <Skeleton height={160} m="md" />}
      {feeds.isError && (
        <div className={classes.inset}>
          <Trouble error={feeds.error} onRetry={() => void feeds.refetch()} />
        </div>
      )}
      {feeds.isSuccess && items.length === 0 && (
        <Blank title={t('telematics.none')} text={t('telematics.noneText')} />
      )}
      {items.length > 0 && (
        <ul>
          {items.map((feed) => (
            <FeedItem key={feed.id} feed={feed} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
