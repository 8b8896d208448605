import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMe } from '@/core/auth/me';
import { endSession } from '@/core/auth/sign-out';
import { useT } from '@/i18n/react';
import classes from './shell.module.css';

/** Who is signed in, for which carrier, and the way out. */
export function Account() {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  return (
    <section className={classes.account} aria-label={t('nav.account', { name: me.name })}>
      <p className={classes.accountName}>{me.name}</p>
      <p className={classes.accountMeta}>{t(`role.${me.role}`)}</p>
      <p className={classes.accountMeta}>{me.carrier.name}</p>
      <Button
        className={classes.signOut}
        variant="transparent"
        size="sm"
        leftSection={<IconLogout size={18} stroke={1.7} aria-hidden />}
        onClick={() => void endSession(queries)}
      >
        {t('nav.signOut')}
      </Button>
    </section>
  );
}
