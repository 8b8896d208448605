import { Button } from '@mantine/core';
import { IconFilePlus } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { DriverFileOut } from '@/api';
import { may, useMe } from '@/core/auth/me';
import { today, type PlainDate } from '@/core/dates';
import { FileRetention } from '@/features/retention/FileRetention';
import { PacketButton } from '@/features/packets/PacketButton';
import { useFormats, useT } from '@/i18n/react';
import { AsOfPicker } from '@/ui/date/AsOfPicker';
import { ReplayNote } from '@/ui/date/ReplayNote';
import { Page } from '@/ui/layout/Page';
import { makeAxis } from './axis';
import { FileContext, type FileActions } from './context';
import { FactsPanel } from './FactsPanel';
import { useOpenRows } from './open-rows';
import { Requirements } from './Requirements';
import { useChanges } from './use-changes';
import { VerdictPanel } from './VerdictPanel';
import classes from './driver-file.module.css';

const FactsDrawer = lazy(() => import('./FactsDrawer'));
const RecordEvidence = lazy(() => import('@/features/evidence/RecordEvidence'));

interface FileViewProps {
  file: DriverFileOut;
  asOf: PlainDate | undefined;
  onAsOf: (day: PlainDate | undefined) => void;
  own: boolean;
  /** The answer for another day is on its way. */
  stale: boolean;
}

export function FileView({ file, asOf, onAsOf, own, stale }: FileViewProps) {
  const t = useT();
  const me = useMe();
  const { driver } = file;
  /** The requirement evidence is recorded for; null = not chosen yet, undefined = the dialog is closed. */
  const [recording, setRecording] = useState<string | null | undefined>(undefined);
  const [editing, setEditing] = useState(false);
  const rows = useOpenRows();
  const { changes, changed } = useChanges(file);
  const now = asOf === undefined ? file.as_of : today(driver.terminal.time_zone);
  const axis = useMemo(() => makeAxis(now, file.as_of), [now, file.as_of]);
  const mayRecord = may(me, 'evidence:write') || (own && may(me, 'own-evidence:write'));
  const actions: FileActions = {
    file,
    own,
    axis,
    rows,
    today: now,
    changes,
    onChanged: changed,
    onRecord: mayRecord ? setRecording : undefined,
    onEditFacts: may(me, 'drivers:write') ? () => setEditing(true) : undefined,
    mayReview: may(me, 'evidence:review'),
  };
  const name = `${driver.first_name} ${driver.last_name}`;

  return (
    <FileContext value={actions}>
      <Page
        title={own ? t('driverFile.own') : name}
        lead={<Lead file={file} />}
        actions={
          <>
            <AsOfPicker value={asOf} onChange={onAsOf} />
            <PacketButton selection={{ driver: driver.id, as_of: asOf }} />
            {mayRecord && (
              <Button
                color="amber"
                leftSection={<IconFilePlus size={18} stroke={1.7} aria-hidden />}
                onClick={() => setRecording(null)}
              >
                {t('driverFile.record')}
              </Button>
            )}
          </>
        }
      >
        <ReplayNote value={asOf} onToday={() => onAsOf(undefined)} />
        <div className={classes.top} data-stale={stale}>
          <VerdictPanel isToday={asOf === undefined || asOf === now} />
        </div>
        <FactsPanel />
        <Requirements onAsOf={onAsOf} stale={stale} />
        {!own && asOf === undefined && <FileRetention file={file} name={name} />}
      </Page>
      <Suspense fallback={null}>
        {editing && <FactsDrawer driver={driver} onClose={() => setEditing(false)} />}
        {recording !== undefined && (
          <RecordEvidence
            driver={driver}
            items={file.items}
            requirement={recording}
            today={now}
            own={own}
            onClose={() => setRecording(undefined)}
            onRecorded={changed}
          />
        )}
      </Suspense>
    </FileContext>
  );
}

/** Who it is: employee id, terminal, employment. */
function Lead({ file: { driver, as_of } }: { file: DriverFileOut }) {
  const t = useT();
  const { date } = useFormats();
  const { employment } = driver;
  const parts = [
    t('driverFile.lead.employee', { id: driver.employee_id }),
    driver.terminal.name,
    employment === null
      ? t('driverFile.lead.noHire')
      : t('driverFile.lead.hired', { date: date(employment.hired_on, { asOf: as_of }) }),
    employment?.terminated_on
      ? t('driverFile.lead.left', { date: date(employment.terminated_on, { asOf: as_of }) })
      : null,
  ];
  return <>{parts.filter((part) => part !== null).join(' • ')}</>;
}
