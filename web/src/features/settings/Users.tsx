import { Button, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listUsers, type User } from '@/api';
import { listUsersQueryKey } from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useFormats, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { FactorPolicy } from './FactorPolicy';
import { Invitations } from './Invitations';
import { ResetFactorDialog } from './ResetFactorDialog';
import classes from './settings.module.css';
import { UserDialog } from './UserDialog';

export default function Users() {
  return (
    <div className={classes.stack}>
      <People />
      <Invitations />
      <FactorPolicy />
    </div>
  );
}

function People() {
  const t = useT();
  const [resetting, setResetting] = useState<User | null>(null);
  const [editing, setEditing] = useState<User | 'new' | null>(null);
  const users = useInfiniteQuery({
    queryKey: [...listUsersQueryKey(), 'pages'],
    queryFn: async ({ pageParam, signal }) =>
      (await listUsers({ query: { cursor: pageParam }, signal, throwOnError: true })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <Panel
      title={t('settings.users.title')}
      aside={
        <Button
          color="amber"
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => {
            setEditing('new');
          }}
        >
          {t('settings.users.add')}
        </Button>
      }
    >
      {users.isPending && <Skeleton height={320} />}
      {users.isError && <Trouble error={users.error} onRetry={() => void users.refetch()} />}
      <ul className={classes.list}>
        {users.data?.pages
          .flatMap((page) => page.items)
          .map((user) => (
            <li key={user.id} className={classes.item}>
              <UserTold user={user} />
              <Button
                variant="default"
                aria-label={t('settings.users.editLabel', { name: user.name })}
                onClick={() => {
                  setEditing(user);
                }}
              >
                {t('action.edit')}
              </Button>
            </li>
          ))}
      </ul>
      {users.hasNextPage && (
        <Button
          variant="default"
          loading={users.isFetchingNextPage}
          onClick={() => void users.fetchNextPage()}
        >
          {t('action.more')}
        </Button>
      )}
      {editing !== null && (
        <UserDialog
          user={editing === 'new' ? null : editing}
          onClose={() => {
            setEditing(null);
          }}
          onResetFactor={(user) => {
            setEditing(null);
            setResetting(user);
          }}
        />
      )}
      {resetting && (
        <ResetFactorDialog
          user={resetting}
          onClose={() => {
            setResetting(null);
          }}
        />
      )}
    </Panel>
  );
}

function UserTold({ user }: { user: User }) {
  const t = useT();
  const { date } = useFormats();
  const access = [
    t(user.disabled ? 'settings.users.off' : 'settings.users.active'),
    user.expires_on !== null && t('settings.users.until', { date: date(user.expires_on) }),
    user.password_is_one_time && t('settings.users.fresh'),
    user.last_signed_in_at === null
      ? t('settings.users.never')
      : t('settings.users.seen', { at: formatInstant(user.last_signed_in_at, intlTag()) }),
  ].filter((part) => part !== false);
  return (
    <div className={classes.grow}>
      <p className={classes.strong}>{user.name}</p>
      <p>
        {t(`role.${user.role}`)} – {user.email}
      </p>
      <p className={classes.soft}>{access.join(' – ')}</p>
    </div>
  );
}
