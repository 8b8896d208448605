import { Drawer, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { changeMyReminders, readNotices, type Notice, type NoticeItem, type Notices } from '@/api';
import { isDriver, useMe } from '@/core/auth/me';
import { useFormats, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './bell.module.css';
import { noticesOptions } from './notices';

/** What the person was told in the last weeks, the newest first. To see it is to have read it. */
export default function NoticesDrawer({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { data, error, refetch } = useQuery(noticesOptions());
  useReadOnce(data?.items);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      title={t('reminders.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {data === undefined && error !== null && (
        <Trouble error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && <ByMail wanted={data.by_mail} />}
      {data?.items.length === 0 && (
        <div className={classes.days}>
          <p className={classes.what}>{t('reminders.none')}</p>
          <p className={classes.meta}>{t('reminders.noneText')}</p>
        </div>
      )}
      <div className={classes.days}>
        {data?.items.map((notice) => (
          <Day key={notice.id} notice={notice} onFollow={onClose} />
        ))}
      </div>
    </Drawer>
  );
}

/** Marks what was not read when it came into sight. If that fails it stays unread and is marked next time. */
function useReadOnce(notices: Notice[] | undefined) {
  const queries = useQueryClient();
  const sent = useRef(new Set<string>());
  useEffect(() => {
    const ids = (notices ?? [])
      .filter(({ id, read_at }) => read_at === null && !sent.current.has(id))
      .map(({ id }) => id);
    if (ids.length === 0) return;
    ids.forEach((id) => sent.current.add(id));
    readNotices({ body: { ids } })
      .then(() => queries.invalidateQueries({ queryKey: noticesOptions().queryKey }))
      .catch(() => undefined);
  }, [notices, queries]);
}

function ByMail({ wanted }: { wanted: boolean }) {
  const t = useT();
  const queries = useQueryClient();
  const { queryKey } = noticesOptions();
  const change = useMutation({
    mutationFn: (by_mail: boolean) => changeMyReminders({ body: { by_mail } }),
    onSuccess: (_, by_mail) => {
      queries.setQueryData<Notices>(queryKey, (old) => old && { ...old, by_mail });
    },
  });
  return (
    <>
      <Switch
        size="md"
        label={t('reminders.byMail')}
        description={t('reminders.byMailText')}
        checked={change.isPending ? change.variables : wanted}
        onChange={({ currentTarget }) => change.mutate(currentTarget.checked)}
      />
      {change.error !== null && <Trouble error={change.error} />}
    </>
  );
}

function Day({ notice, onFollow }: { notice: Notice; onFollow: () => void }) {
  const t = useT();
  const { date } = useFormats();
  const more = notice.total - notice.items.length;
  return (
    <section>
      <h3 className={classes.day}>{date(notice.on_day)}</h3>
      <ul>
        {notice.items.map((item) => (
          <li key={item.driver_id + item.requirement + item.due_on}>
            <Item item={item} onFollow={onFollow} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className={classes.meta}>{t('reminders.more', { count: more })}</p>}
    </section>
  );
}

function Item({ item, onFollow }: { item: NoticeItem; onFollow: () => void }) {
  const t = useT();
  const me = useMe();
  const { date } = useFormats();
  const until = t('reminders.until', { date: date(item.due_on) });
  if (isDriver(me)) {
    return (
      <Link to="/my-file" className={classes.item} onClick={onFollow}>
        <span className={classes.what}>{item.title}</span>
        <span className={classes.meta}>{until}</span>
      </Link>
    );
  }
  return (
    <Link
      to="/drivers/$driverId"
      params={{ driverId: item.driver_id }}
      className={classes.item}
      onClick={onFollow}
    >
      <span className={classes.what}>{item.title}</span>
      <span className={classes.meta}>
        {item.driver}, {until}
      </span>
    </Link>
  );
}
