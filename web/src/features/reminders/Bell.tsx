import { ActionIcon } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useT } from '@/i18n/react';
import classes from './bell.module.css';
import { noticesOptions } from './notices';

/** Opens the reminders, and says how many days of them nobody has read. A server that does not answer leaves it quiet. */
export default function Bell({ onOpen }: { onOpen: () => void }) {
  const t = useT();
  const { data } = useQuery(noticesOptions());
  const unread = data?.unread ?? 0;
  return (
    <ActionIcon
      variant="transparent"
      size={44}
      className={classes.bell}
      aria-haspopup="dialog"
      aria-label={unread === 0 ? t('reminders.bell') : t('reminders.bellUnread', { count: unread })}
      onClick={onOpen}
    >
      <IconBell size={22} stroke={1.7} aria-hidden />
      {unread > 0 && (
        <span className={classes.count} aria-hidden>
          {unread > 9 ? '9+' : unread}
        </span>
      )}
    </ActionIcon>
  );
}
