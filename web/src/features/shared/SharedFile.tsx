import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { DriverFileOut, FileItemOut } from '@/api';
import { readSharedFileOptions } from '@/api/@tanstack/react-query.gen';
import { apiUrl } from '@/core/http/api-origin';
import { Citations } from '@/features/driver-file/Citations';
import { useFormats, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { StateChip } from '@/ui/status/StateChip';
import { Verdict } from '@/ui/status/Verdict';
import { useShared } from './context';
import { SharedDocument } from './SharedDocument';
import classes from './shared.module.css';

const route = getRouteApi('/shared/$driverId');

/** A driver's status page: every requirement with its state, its reason, and the documents behind it. */
export function SharedFile() {
  const t = useT();
  const { driverId } = route.useParams();
  const file = useQuery(readSharedFileOptions({ path: { driver_id: driverId } }));
  return (
    <>
      <p>
        <Link to="/shared" className={classes.back}>
          <IconArrowLeft size={18} stroke={1.7} aria-hidden /> {t('shared.back')}
        </Link>
      </p>
      {file.isPending && <Skeleton height={480} radius="lg" />}
      {file.isError && <Trouble error={file.error} onRetry={() => void file.refetch()} />}
      {file.data && <File file={file.data} />}
    </>
  );
}

function File({ file }: { file: DriverFileOut }) {
  const t = useT();
  const { date } = useFormats();
  const shared = useShared();
  const { driver } = file;
  const name = `${driver.first_name} ${driver.last_name}`;
  const applies = file.items.filter((item) => item.state !== 'not_applicable');
  return (
    <>
      <div className={classes.head}>
        <div>
          <h2 className={classes.driver}>{name}</h2>
          <p className={classes.soft}>
            {driver.employee_id} • {driver.terminal.name} •{' '}
            {t('shared.asOf', { date: date(file.as_of) })}
          </p>
        </div>
        <Verdict mayDrive={file.may_drive} size="sign" />
      </div>
      {file.reasons.length > 0 && (
        <ul className={classes.reasons}>
          {file.reasons.map((reason) => (
            <li key={reason.requirement}>{reason.text}</li>
          ))}
        </ul>
      )}
      <div>
        {shared.packet_ready ? (
          <Button
            component="a"
            color="amber"
            href={apiUrl(`/api/v1/shared/drivers/${driver.id}/packet`)}
            download
            leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
          >
            {t('shared.packet')}
          </Button>
        ) : (
          <p className={classes.soft}>{t('shared.noPacket')}</p>
        )}
      </div>
      <Panel title={t('shared.status')} flush>
        <ul className={classes.list}>
          {applies.map((item) => (
            <Item key={item.requirement} item={item} />
          ))}
        </ul>
      </Panel>
    </>
  );
}

function Item({ item }: { item: FileItemOut }) {
  const t = useT();
  const { date } = useFormats();
  const dates = [
    item.due_on !== null && t('shared.due', { date: date(item.due_on) }),
    item.valid_until !== null && t('shared.until', { date: date(item.valid_until) }),
  ].filter((part) => part !== false);
  return (
    <li className={classes.requirement}>
      <div className={classes.requirementHead}>
        <h3 className={classes.name}>{item.title}</h3>
        <StateChip state={item.state} />
      </div>
      <p>{item.explanation.summary}</p>
      <ul className={classes.steps}>
        {item.explanation.steps.map((step, place) => (
          <li key={place}>{step.text}</li>
        ))}
      </ul>
      <p className={classes.soft}>
        {dates.join(' • ')} <Citations citations={item.citations} />
      </p>
      {item.evidence.length > 0 && (
        <ul className={classes.documents}>
          {item.evidence.map((evidence) => (
            <SharedDocument key={evidence.id} evidence={evidence} />
          ))}
        </ul>
      )}
    </li>
  );
}
