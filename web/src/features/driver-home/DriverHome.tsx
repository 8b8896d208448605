import { Skeleton } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { DriverFileOut } from '@/api';
import { driverFileOptions } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { formatInstant } from '@/core/dates';
import { invalidateStandings } from '@/core/http/standings';
import { intlTag } from '@/i18n';
import { ToSignPanel } from '@/features/acknowledgements/ToSignPanel';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page, Panel } from '@/ui/layout/Page';
import { Agenda } from './Agenda';
import { Asked } from './Asked';
import { CameraButton } from './CameraButton';
import { Capture } from './Capture';
import { Comfort } from './Comfort';
import classes from './driver-home.module.css';
import { MyVerdict } from './MyVerdict';

const RecordEvidence = lazy(() => import('@/features/evidence/RecordEvidence'));

/** A driver's first screen, made for a phone in a cab: my verdict, what is due, the camera. */
export default function DriverHome() {
  const t = useT();
  const me = useMe();
  const { online } = useNetwork();
  const file = useQuery({
    ...driverFileOptions({ path: { driver_id: me.driver_id ?? '' } }),
    enabled: me.driver_id !== null,
  });
  return (
    <Page title={t('driverHome.hello', { name: me.name.split(' ')[0] ?? me.name })}>
      <div className={classes.screen}>
        {me.driver_id === null && (
          <Panel>
            <Blank title={t('driverHome.unlinked')} text={t('driverHome.unlinkedText')} />
          </Panel>
        )}
        {me.driver_id !== null && file.isPending && (
          <div role="status" aria-label={t('app.loading')} className={classes.screen}>
            <Skeleton height={120} radius="lg" />
            <Skeleton height={72} radius="lg" />
            <Skeleton height={240} radius="lg" />
          </div>
        )}
        {(file.isError || !online) && file.data && <Saved at={file.dataUpdatedAt} />}
        {file.isError && !file.data && (
          <Trouble error={file.error} onRetry={() => void file.refetch()} />
        )}
        {file.data && <Screen file={file.data} />}
      </div>
    </Page>
  );
}

/** The file as it was: the server does not answer now. */
function Saved({ at }: { at: number }) {
  const t = useT();
  const when = formatInstant(new Date(at).toISOString(), intlTag());
  return <p className={classes.saved}>{t('outbox.offlineFile', { when })}</p>;
}

function Screen({ file }: { file: DriverFileOut }) {
  const t = useT();
  const me = useMe();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [requirement, setRequirement] = useState<string | null>(null);
  const [taken, setTaken] = useState<File | null>(null);
  const mayRecord = may(me, 'own-evidence:write');
  const shoot = (wanted: string | null) => {
    setRequirement(wanted);
    setOpen(true);
  };
  return (
    <>
      <MyVerdict file={file} />
      {mayRecord && <Asked file={file} onSend={shoot} />}
      {mayRecord && <ToSignPanel />}
      {mayRecord && <CameraButton onClick={() => shoot(null)} />}
      <Agenda file={file} />
      <Link to="/my-file" className={classes.whole}>
        {t('driverHome.whole')}
      </Link>
      <Comfort />
      {mayRecord && <Capture open={open} onClose={() => setOpen(false)} onPhoto={setTaken} />}
      <Suspense fallback={null}>
        {taken && (
          <RecordEvidence
            driver={file.driver}
            items={file.items}
            requirement={requirement}
            today={file.as_of}
            own
            photo={taken}
            onClose={() => {
              setTaken(null);
            }}
            onRecorded={() => invalidateStandings(queries)}
          />
        )}
      </Suspense>
    </>
  );
}
