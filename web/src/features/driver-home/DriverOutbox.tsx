import { Button, Progress } from '@mantine/core';
import { IconClockUp, IconCloudUpload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import {
  listMyAcknowledgementsQueryKey,
  listMyDocumentRequestsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useMe } from '@/core/auth/me';
import { explainProblem } from '@/core/http/explain';
import { ApiError } from '@/core/http/problem';
import { invalidateStandings } from '@/core/http/standings';
import { put, remove, type Waiting } from '@/core/offline/outbox';
import { useOutbox, useOutboxSender } from '@/core/offline/use-outbox';
import { keepPagesOffline } from '@/core/offline/worker';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Glyph } from '@/ui/status/glyphs';
import classes from './outbox.module.css';

/** What a driver has handed in that the server does not have yet; sends it whenever it can. */
export default function DriverOutbox() {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const { items, sending } = useOutbox();
  const onSent = useCallback(
    (item: Waiting) => {
      toast(t('outbox.sent', { title: item.title }));
      void invalidateStandings(queries);
      void queries.invalidateQueries({ queryKey: listMyDocumentRequestsQueryKey() });
      void queries.invalidateQueries({ queryKey: listMyAcknowledgementsQueryKey() });
    },
    [queries, t],
  );
  useOutboxSender(me.id, onSent);
  useEffect(keepPagesOffline, []);
  const own = items.filter((item) => item.userId === me.id);
  return (
    <div role="status" aria-live="polite">
      {own.length > 0 && (
        <section className={classes.outbox} aria-label={t('outbox.title')}>
          <h2 className={classes.title}>{t('outbox.waiting', { count: own.length })}</h2>
          <ul className={classes.items}>
            {own.map((item) => (
              <Item
                key={item.key}
                item={item}
                share={sending?.key === item.key ? sending.share : null}
              />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Item({ item, share }: { item: Waiting; share: number | null }) {
  const t = useT();
  if (item.refusal !== null) return <Refused item={item} />;
  const percent = Math.round((share ?? 0) * 100);
  const Icon = share === null ? IconClockUp : IconCloudUpload;
  return (
    <li className={classes.item}>
      <Icon size={22} stroke={1.7} aria-hidden />
      <div className={classes.body}>
        <p className={classes.name}>{item.title || item.file?.name}</p>
        <p>{share === null ? t('outbox.later') : t('outbox.sending', { percent })}</p>
        {share !== null && <Progress value={percent} aria-hidden />}
      </div>
    </li>
  );
}

/** The server has looked at it and will not have it: said why, and what can be done. */
function Refused({ item }: { item: Waiting }) {
  const t = useT();
  const { what, todo } = explainProblem(item.refusal && new ApiError(item.refusal));
  return (
    <li className={classes.item} data-refused>
      <Glyph name="blocked" size={22} />
      <div className={classes.body}>
        <p className={classes.name}>{item.title || item.file?.name}</p>
        <p>
          {what} {todo}
        </p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => void put({ ...item, refusal: null })}>
            {t('action.retry')}
          </Button>
          <Button variant="default" onClick={() => void remove(item.key)}>
            {t('outbox.remove')}
          </Button>
        </div>
      </div>
    </li>
  );
}
