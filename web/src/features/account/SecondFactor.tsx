import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  beginTotp,
  makeRecoveryCodes,
  removeTotp,
  type SecondFactors,
  type TotpBegun,
} from '@/api';
import {
  readSecondFactorsOptions,
  readSecondFactorsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { toast } from '@/ui/feedback/toast';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import classes from './account.module.css';
import { RecoveryCodes } from './RecoveryCodes';
import { SetUpDialog } from './SetUpDialog';
import { SureDialog } from './SureDialog';
import { useProof } from './use-proof';

type Dialog =
  | { kind: 'set-up'; begun: TotpBegun }
  | { kind: 'codes'; codes: string[] }
  | { kind: 'new-codes' | 'turn-off' };

/** The code generator of the signed-in person, and their recovery codes. */
export function SecondFactor() {
  const t = useT();
  const factors = useQuery(readSecondFactorsOptions());
  const [dialog, setDialog] = useState<Dialog | null>(null);
  return (
    <Panel title={t('settings.factor.title')}>
      {factors.isPending && <Skeleton height={112} />}
      {factors.isError && <Trouble error={factors.error} onRetry={() => void factors.refetch()} />}
      {factors.data &&
        (factors.data.totp ? (
          <Present factors={factors.data} onOpen={setDialog} />
        ) : (
          <Absent required={factors.data.required} onOpen={setDialog} />
        ))}
      {dialog && (
        <Open dialog={dialog} required={factors.data?.required === true} onOpen={setDialog} />
      )}
    </Panel>
  );
}

interface Opens {
  onOpen: (dialog: Dialog | null) => void;
}

function Absent({ required, onOpen }: Opens & { required: boolean }) {
  const t = useT();
  const proof = useProof();
  const begin = useMutation({
    mutationFn: async () => (await proof.guard(() => beginTotp({ throwOnError: true }))).data,
    onSuccess: (begun) => {
      onOpen({ kind: 'set-up', begun });
    },
  });
  return (
    <div className={classes.form}>
      <p>{t('settings.factor.lead')}</p>
      {required && <p className={classes.strong}>{t('settings.factor.required')}</p>}
      {begin.isError && <Trouble error={begin.error} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          loading={begin.isPending}
          onClick={() => {
            begin.mutate();
          }}
        >
          {t('settings.factor.setUp')}
        </Button>
      </div>
      {proof.dialog}
    </div>
  );
}

function Present({ factors, onOpen }: Opens & { factors: SecondFactors }) {
  const t = useT();
  return (
    <div className={classes.form}>
      <p className={classes.strong}>{t('settings.factor.on')}</p>
      <p>{t('settings.factor.left', { count: factors.recovery_codes_left })}</p>
      <div className={classes.buttons}>
        <Button
          variant="default"
          onClick={() => {
            onOpen({ kind: 'new-codes' });
          }}
        >
          {t('settings.factor.newCodes')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            onOpen({ kind: 'turn-off' });
          }}
        >
          {t('settings.factor.turnOff')}
        </Button>
      </div>
    </div>
  );
}

function Open({ dialog, required, onOpen }: Opens & { dialog: Dialog; required: boolean }) {
  const t = useT();
  const queries = useQueryClient();
  const close = () => {
    onOpen(null);
  };
  const showCodes = (codes: string[]) => {
    onOpen({ kind: 'codes', codes });
  };
  const reload = () => queries.invalidateQueries({ queryKey: readSecondFactorsQueryKey() });
  switch (dialog.kind) {
    case 'set-up':
      return <SetUpDialog begun={dialog.begun} onClose={close} onCodes={showCodes} />;
    case 'codes':
      return <RecoveryCodes codes={dialog.codes} onClose={close} />;
    case 'new-codes':
      return (
        <SureDialog
          title={t('settings.factor.newCodesAsk')}
          action={t('settings.factor.newCodes')}
          request={async () => (await makeRecoveryCodes({ throwOnError: true })).data}
          onDone={({ codes }) => {
            showCodes(codes);
          }}
          onSettled={reload}
          onClose={close}
        >
          <p>{t('settings.factor.newCodesText')}</p>
        </SureDialog>
      );
    case 'turn-off':
      return (
        <SureDialog
          title={t('settings.factor.turnOffAsk')}
          action={t('settings.factor.turnOff')}
          request={async () => (await removeTotp({ throwOnError: true })).data}
          onDone={() => {
            toast(t('settings.factor.off'));
            close();
          }}
          onSettled={reload}
          onClose={close}
        >
          <p>{t('settings.factor.turnOffText')}</p>
          {required && <p>{t('settings.factor.turnOffRequired')}</p>}
        </SureDialog>
      );
  }
}
