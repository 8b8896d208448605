import { Button, Skeleton } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { removePasskey, type Passkey } from '@/api';
import {
  listPasskeysOptions,
  listPasskeysQueryKey,
  readSecondFactorsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { hasPasskeys } from '@/core/auth/passkey';
import { formatInstant } from '@/core/dates';
import { intlTag } from '@/i18n';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './account.module.css';
import { PasskeyDialog } from './PasskeyDialog';
import { SureDialog } from './SureDialog';

type Dialog = { kind: 'add' } | { kind: 'rename' | 'remove'; passkey: Passkey };

/** The passkeys of the signed-in person. */
export function Passkeys() {
  const t = useT();
  const passkeys = useQuery(listPasskeysOptions());
  const [dialog, setDialog] = useState<Dialog | null>(null);
  return (
    <Panel title={t('settings.passkeys.title')}>
      <div className={classes.form}>
        <p>{t('settings.passkeys.lead')}</p>
        {passkeys.isPending && <Skeleton height={64} />}
        {passkeys.isError && (
          <Trouble error={passkeys.error} onRetry={() => void passkeys.refetch()} />
        )}
        {passkeys.data && passkeys.data.items.length > 0 && (
          <ul className={classes.passkeys}>
            {passkeys.data.items.map((passkey) => (
              <PasskeyRow key={passkey.id} passkey={passkey} onOpen={setDialog} />
            ))}
          </ul>
        )}
        {hasPasskeys() ? (
          <div className={classes.buttons}>
            <Button
              variant="default"
              onClick={() => {
                setDialog({ kind: 'add' });
              }}
            >
              {t('settings.passkeys.add')}
            </Button>
          </div>
        ) : (
          <p className={classes.soft}>{t('settings.passkeys.cannot')}</p>
        )}
      </div>
      {dialog && (
        <Open
          dialog={dialog}
          onClose={() => {
            setDialog(null);
          }}
        />
      )}
    </Panel>
  );
}

function PasskeyRow({ passkey, onOpen }: { passkey: Passkey; onOpen: (dialog: Dialog) => void }) {
  const t = useT();
  const at = (instant: string) => formatInstant(instant, intlTag());
  return (
    <li className={classes.passkey}>
      <IconFingerprint size={24} stroke={1.5} aria-hidden />
      <div className={classes.grow}>
        <p className={classes.strong}>{passkey.name}</p>
        <p className={classes.soft}>
          {passkey.last_used_at === null
            ? t('settings.passkeys.unused', { at: at(passkey.created_at) })
            : t('settings.passkeys.used', { at: at(passkey.last_used_at) })}
        </p>
      </div>
      <div className={classes.buttons}>
        <Button
          variant="default"
          aria-label={t('settings.passkeys.renameLabel', { name: passkey.name })}
          onClick={() => {
            onOpen({ kind: 'rename', passkey });
          }}
        >
          {t('settings.passkeys.rename')}
        </Button>
        <Button
          variant="default"
          aria-label={t('settings.passkeys.removeLabel', { name: passkey.name })}
          onClick={() => {
            onOpen({ kind: 'remove', passkey });
          }}
        >
          {t('settings.passkeys.remove')}
        </Button>
      </div>
    </li>
  );
}

function Open({ dialog, onClose }: { dialog: Dialog; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const reload = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: listPasskeysQueryKey() }),
      queries.invalidateQueries({ queryKey: readSecondFactorsQueryKey() }),
    ]);
  if (dialog.kind !== 'remove') {
    const passkey = dialog.kind === 'rename' ? dialog.passkey : null;
    return <PasskeyDialog passkey={passkey} onSettled={reload} onClose={onClose} />;
  }
  return (
    <SureDialog
      title={t('settings.passkeys.removeAsk', { name: dialog.passkey.name })}
      action={t('settings.passkeys.remove')}
      request={async () =>
        (await removePasskey({ path: { passkey_id: dialog.passkey.id }, throwOnError: true })).data
      }
      onDone={() => {
        toast(t('settings.passkeys.removed'));
        onClose();
      }}
      onSettled={reload}
      onClose={onClose}
    >
      <p>{t('settings.passkeys.removeText')}</p>
    </SureDialog>
  );
}
