import { Button, Skeleton } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Session } from '@/api';
import {
  endMyOtherSessionsMutation,
  endMySessionMutation,
  listMySessionsOptions,
  listMySessionsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { endSession } from '@/core/auth/sign-out';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { deviceOf } from './device';
import classes from './settings.module.css';

export function Sessions() {
  const t = useT();
  const queries = useQueryClient();
  const sessions = useQuery(listMySessionsOptions());
  const end = useMutation({
    ...endMySessionMutation(),
    onSuccess: () => queries.invalidateQueries({ queryKey: listMySessionsQueryKey() }),
  });
  const endOthers = useMutation({
    ...endMyOtherSessionsMutation(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: listMySessionsQueryKey() });
      toast(t('settings.sessions.othersDone'));
    },
  });
  const others = sessions.data?.items.some((session) => !session.current) === true;
  return (
    <Panel title={t('settings.sessions.title')}>
      {sessions.isPending && <Skeleton height={112} />}
      {sessions.isError && (
        <Trouble error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {end.isError && <Trouble error={end.error} />}
      {endOthers.isError && <Trouble error={endOthers.error} />}
      <ul className={classes.list}>
        {sessions.data?.items.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            onEnd={() => {
              end.mutate({ path: { session_id: session.id } });
            }}
          />
        ))}
      </ul>
      <div className={classes.inline}>
        {others && (
          <Button
            variant="default"
            loading={endOthers.isPending}
            onClick={() => {
              endOthers.mutate({});
            }}
          >
            {t('settings.sessions.others')}
          </Button>
        )}
        <Button variant="default" onClick={() => void endSession(queries, true)}>
          {t('settings.sessions.everywhere')}
        </Button>
        <span className={classes.soft}>{t('settings.sessions.everywhereHint')}</span>
      </div>
    </Panel>
  );
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const t = useT();
  const { name, phone } = deviceOf(session.user_agent);
  const device = name ?? t('settings.sessions.unknown');
  const Icon = phone ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.item}>
      <Icon size={24} stroke={1.5} aria-hidden />
      <div className={classes.grow}>
        <p className={classes.strong}>
          {device}
          {session.current && ` – ${t('settings.sessions.here')}`}
        </p>
        <p className={classes.soft}>
          {t('settings.sessions.seen', { at: formatInstant(session.refreshed_at, intlTag()) })}
          {session.address !== null && ` – ${session.address}`}
        </p>
      </div>
      {!session.current && (
        <Button
          variant="default"
          aria-label={t('settings.sessions.endLabel', { device })}
          onClick={onEnd}
        >
          {t('settings.sessions.end')}
        </Button>
      )}
    </li>
  );
}
