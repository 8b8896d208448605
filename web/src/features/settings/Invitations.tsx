import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Invitation } from '@/api';
import {
  listInvitationsOptions,
  listInvitationsQueryKey,
  resendInvitationMutation,
  revokeInvitationMutation,
} from '@/api/@tanstack/react-query.gen';
import { formatInstant } from '@/core/dates';
import { oneOf } from '@/core/url';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './settings.module.css';

const UNDER_WAY = ['waiting', 'claimed', 'handing_over'];
const ENDS = ['sent', 'refused', 'unsure'] as const;

/** Invitations that nobody has accepted yet, and what became of their mail. */
export function Invitations() {
  const t = useT();
  const queries = useQueryClient();
  const invitations = useQuery({
    ...listInvitationsOptions(),
    // The mail leaves a moment later: what it came to shows without a reload.
    refetchInterval: ({ state }) =>
      state.data?.items.some((item) => underWay(item)) === true ? 5000 : false,
  });
  const reload = () => queries.invalidateQueries({ queryKey: listInvitationsQueryKey() });
  const resend = useMutation({ ...resendInvitationMutation(), onSettled: reload });
  const revoke = useMutation({ ...revokeInvitationMutation(), onSettled: reload });
  const items = invitations.data?.items ?? [];
  return (
    <Panel title={t('settings.invitations.title')}>
      {invitations.isPending && <Skeleton height={64} />}
      {invitations.isError && (
        <Trouble error={invitations.error} onRetry={() => void invitations.refetch()} />
      )}
      {resend.isError && <Trouble error={resend.error} />}
      {revoke.isError && <Trouble error={revoke.error} />}
      {invitations.data && items.length === 0 && (
        <p className={classes.soft}>{t('settings.invitations.none')}</p>
      )}
      <ul className={classes.list}>
        {items.map((item) => (
          <li key={item.id} className={classes.item}>
            <Told item={item} />
            <div className={classes.buttons}>
              <Button
                variant="default"
                aria-label={t('settings.invitations.resendLabel', { name: item.name })}
                disabled={resend.isPending}
                onClick={() => {
                  resend.mutate(
                    { path: { invitation_id: item.id } },
                    {
                      onSuccess: () => {
                        toast(t('settings.invitations.sent', { email: item.email }));
                      },
                    },
                  );
                }}
              >
                {t('settings.invitations.resend')}
              </Button>
              <Button
                variant="default"
                aria-label={t('settings.invitations.revokeLabel', { name: item.name })}
                disabled={revoke.isPending}
                onClick={() => {
                  revoke.mutate(
                    { path: { invitation_id: item.id } },
                    {
                      onSuccess: () => {
                        toast(t('settings.invitations.revoked', { name: item.name }));
                      },
                    },
                  );
                }}
              >
                {t('settings.invitations.revoke')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function underWay(item: Invitation): boolean {
  return item.mail_state === null || UNDER_WAY.includes(item.mail_state);
}

function Told({ item }: { item: Invitation }) {
  const t = useT();
  const end = oneOf(ENDS, item.mail_state);
  return (
    <div className={classes.grow}>
      <p className={classes.strong}>{item.name}</p>
      <p>
        {t(`role.${item.role}`)} – {item.email}
      </p>
      <p className={classes.soft}>
        {t(end ? `settings.invitations.mail.${end}` : 'settings.invitations.mail.waiting')} –{' '}
        {t('settings.invitations.until', { at: formatInstant(item.link_until, intlTag()) })}
      </p>
      {item.mail_problem !== null && <p className={classes.soft}>{item.mail_problem}</p>}
    </div>
  );
}
