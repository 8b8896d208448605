import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { driverFileOptions } from '@/api/@tanstack/react-query.gen';
import type { DriverFileOut } from '@/api';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import { ReplayNote } from '@/ui/date/ReplayNote';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { FileSkeleton } from './FileSkeleton';
import { FileView } from './FileView';

export interface DriverFileProps {
  driverId: string;
  /** The day in the address; undefined = today at the driver's terminal. */
  asOf: PlainDate | undefined;
  onAsOf: (day: PlainDate | undefined) => void;
  /** The reader is this driver. */
  own?: boolean;
}

/** How often to ask while a document is being checked. */
const CHECK_MS = 2500;

const hasUnchecked = (file: DriverFileOut): boolean =>
  file.items.some((item) =>
    item.evidence.some((evidence) => evidence.document?.state === 'quarantined'),
  );

export const fileOptions = (driverId: string, asOf: PlainDate | undefined) =>
  driverFileOptions({ path: { driver_id: driverId }, query: { as_of: asOf } });

/** A driver's whole file on a day. Replaying another day keeps the page still until the answer is there. */
export function DriverFile({ driverId, asOf, onAsOf, own = false }: DriverFileProps) {
  const t = useT();
  const file = useQuery({
    ...fileOptions(driverId, asOf),
    placeholderData: keepPreviousData,
    // A new document is checked within seconds; then it can be opened.
    refetchInterval: ({ state }) => (state.data && hasUnchecked(state.data) ? CHECK_MS : false),
  });
  if (file.data) {
    return (
      <FileView
        file={file.data}
        asOf={asOf}
        onAsOf={onAsOf}
        own={own}
        stale={file.isPlaceholderData}
      />
    );
  }
  if (file.error === null) return <FileSkeleton />;
  return (
    <Page title={t(own ? 'driverFile.own' : 'nav.drivers')}>
      <ReplayNote value={asOf} onToday={() => onAsOf(undefined)} />
      <Trouble error={file.error} onRetry={() => void file.refetch()} />
    </Page>
  );
}
