import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { setLegalHold, type DriverFileOut, type Kept, type LegalHold } from '@/api';
import { driverRetentionOptions, driverRetentionQueryKey } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { useFormats, useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import { Asked } from './Asked';
import { ReasonDialog } from './ReasonDialog';
import classes from './retention.module.css';

const AskDialog = lazy(() => import('./AskDialog'));

/** Under a driver's file: what was asked for, until when each document is kept, and legal holds. */
export function FileRetention({ file, name }: { file: DriverFileOut; name: string }) {
  const t = useT();
  const me = useMe();
  const { date } = useFormats();
  const queries = useQueryClient();
  const path = { driver_id: file.driver.id };
  const { data } = useQuery(driverRetentionOptions({ path }));
  const [dialog, setDialog] = useState<'hold' | 'ask'>();
  const [holding, setHolding] = useState<Kept>();
  const titles = new Map(file.items.map((item) => [item.requirement, item.title]));
  const standing = data?.holds.filter((hold) => hold.lifted_at === null) ?? [];
  return (
    <Panel
      title={t('retention.panel')}
      flush
      aside={
        <div className={classes.asides}>
          {may(me, 'evidence:write') && (
            <Button size="xs" variant="default" onClick={() => setDialog('ask')}>
              {t('retention.ask')}
            </Button>
          )}
          {may(me, 'evidence:review') && standing.every((hold) => hold.document_id !== null) && (
            <Button size="xs" variant="default" onClick={() => setDialog('hold')}>
              {t('retention.set')}
            </Button>
          )}
        </div>
      }
    >
      <Asked driverId={file.driver.id} titles={titles} />
      {standing
        .filter((hold) => hold.document_id === null)
        .map((hold) => (
          <div key={hold.id} className={classes.held}>
            <p>{t('retention.held', { reason: hold.reason })}</p>
            <p>
              {t('retention.heldSince', {
                date: date(hold.set_at.slice(0, 10)),
                name: hold.set_by_name ?? '–',
              })}
            </p>
          </div>
        ))}
      {data?.documents.length === 0 && <p className={classes.empty}>{t('retention.panelNone')}</p>}
      <ul className={classes.list}>
        {data?.documents.map((kept) => (
          <li key={kept.document_id} className={classes.row}>
            <div className={classes.what}>
              <b>{kept.file_name}</b>
              <span className={classes.meta}>
                {kept.requirements.map((key) => titles.get(key) ?? key).join(', ')}
              </span>
            </div>
            <Clock kept={kept} today={data.as_of} />
            <DocumentHold
              kept={kept}
              holds={standing.filter((hold) => hold.document_id === kept.document_id)}
              onHold={may(me, 'evidence:review') ? () => setHolding(kept) : undefined}
            />
          </li>
        ))}
      </ul>
      {dialog === 'hold' && (
        <ReasonDialog
          title={t('retention.setTitle')}
          text={t('retention.setText', { name })}
          submit={t('retention.set')}
          done={t('retention.isSet')}
          onClose={() => setDialog(undefined)}
          onSubmit={async (reason) => {
            await setLegalHold({ path, body: { reason } });
            await queries.invalidateQueries({ queryKey: driverRetentionQueryKey({ path }) });
          }}
        />
      )}
      {holding !== undefined && (
        <ReasonDialog
          title={t('retention.holdTitle')}
          text={t('retention.holdText', { file: holding.file_name, name })}
          submit={t('retention.hold')}
          done={t('retention.isHeldNow')}
          onClose={() => setHolding(undefined)}
          onSubmit={async (reason) => {
            await setLegalHold({ path, body: { document_id: holding.document_id, reason } });
            await queries.invalidateQueries({ queryKey: driverRetentionQueryKey({ path }) });
          }}
        />
      )}
      <Suspense fallback={null}>
        {dialog === 'ask' && (
          <AskDialog file={file} name={name} onClose={() => setDialog(undefined)} />
        )}
      </Suspense>
    </Panel>
  );
}

/** Who set a hold, when, and why. */
function HeldBy({ hold }: { hold: LegalHold }) {
  const t = useT();
  const { date } = useFormats();
  return (
    <p className={classes.meta}>
      {t('retention.heldBy', {
        date: date(hold.set_at.slice(0, 10)),
        name: hold.set_by_name ?? '–',
        reason: hold.reason,
      })}
    </p>
  );
}

interface DocumentHoldProps {
  kept: Kept;
  /** The holds that stand on this very document. */
  holds: LegalHold[];
  onHold: (() => void) | undefined;
}

/** The hold on one document, or the button that sets one. */
function DocumentHold({ kept, holds, onHold }: DocumentHoldProps) {
  const t = useT();
  const [hold] = holds;
  if (hold !== undefined) return <HeldBy hold={hold} />;
  if (onHold === undefined || kept.purged_at !== null) return null;
  return (
    <Button
      size="xs"
      variant="default"
      aria-label={t('retention.holdOf', { file: kept.file_name })}
      onClick={onHold}
    >
      {t('retention.hold')}
    </Button>
  );
}

/** Until when it is kept, and what keeps it longer. */
function Clock({ kept, today }: { kept: Kept; today: string }) {
  const t = useT();
  const { date } = useFormats();
  if (kept.purged_at !== null) {
    return <span>{t('retention.isPurged', { date: date(kept.purged_at.slice(0, 10)) })}</span>;
  }
  const until =
    kept.kept_until === null
      ? t(`retention.clock.${kept.clock}`, { date: '' })
      : t('retention.until', { date: date(kept.kept_until) });
  const free = kept.purgeable_from !== null && kept.purgeable_from <= today;
  return (
    <span className={classes.clock}>
      <span>
        {free ? t('retention.mayGo', { date: date(kept.purgeable_from ?? today) }) : until}
      </span>
      {kept.held && <b>{t('retention.isHeld')}</b>}
      {kept.newest && kept.kept_until !== null && kept.kept_until < today && (
        <span className={classes.meta}>{t('retention.newest')}</span>
      )}
    </span>
  );
}
