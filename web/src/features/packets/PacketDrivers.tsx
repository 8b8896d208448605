import { Button, Skeleton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Packet, PacketDriver } from '@/api';
import { readPacketOptions } from '@/api/@tanstack/react-query.gen';
import { useLocale, useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { formatSize } from '@/ui/files/size';
import { download } from './download';
import classes from './packets.module.css';

/** The drivers of a packet, each with the own PDF. */
export function PacketDrivers({ packet }: { packet: Packet }) {
  const details = useQuery(readPacketOptions({ path: { packet_id: packet.id } }));
  if (details.isPending) return <Skeleton height={120} />;
  if (details.isError) {
    return <Trouble error={details.error} onRetry={() => void details.refetch()} />;
  }
  return (
    <ul className={classes.people}>
      {details.data.drivers.map((driver) => (
        <Driver key={driver.driver_id} packet={packet} driver={driver} />
      ))}
    </ul>
  );
}

function Driver({ packet, driver }: { packet: Packet; driver: PacketDriver }) {
  const t = useT();
  const locale = useLocale();
  const fetch = useMutation({
    mutationFn: (what: 'pdf' | 'sph') => download(packet.id, { what, driver_id: driver.driver_id }),
  });
  return (
    <li className={classes.person}>
      <div className={classes.what}>
        <p className={classes.name}>{driver.name}</p>
        <p className={classes.soft}>
          {t('packets.driverFacts', {
            id: driver.employee_id,
            pages: driver.pages ?? 0,
            count: driver.documents,
            size: formatSize(driver.size ?? 0, locale),
          })}
        </p>
        {driver.left_out > 0 && <p>{t('packets.leftOut', { count: driver.left_out })}</p>}
        {fetch.isError && <Trouble error={fetch.error} />}
      </div>
      {packet.downloadable && (
        <div className={classes.buttons}>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
            aria-label={t('packets.pdfOf', { name: driver.name })}
            loading={fetch.isPending}
            onClick={() => fetch.mutate('pdf')}
          >
            {t('packets.pdf')}
          </Button>
          {driver.sph && (
            <Button
              variant="default"
              aria-label={t('packets.sphOf', { name: driver.name })}
              onClick={() => fetch.mutate('sph')}
            >
              {t('packets.sph')}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
