import { useQuery } from '@tanstack/react-query';
import { listDriversOptions, readDriverOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import classes from './packets.module.css';
import type { Selection } from './selection';

/** Whom the packet or the share will be about, in words, before it is asked for. */
export function Chosen({ selection }: { selection: Selection }) {
  return selection.driver === undefined ? (
    <Many selection={selection} />
  ) : (
    <One driverId={selection.driver} />
  );
}

function One({ driverId }: { driverId: string }) {
  const t = useT();
  const { data } = useQuery(readDriverOptions({ path: { driver_id: driverId } }));
  return (
    <p className={classes.chosen}>
      {data
        ? t('packets.new.one', { name: `${data.first_name} ${data.last_name}` })
        : t('app.loading')}
    </p>
  );
}

function Many({ selection }: { selection: Selection }) {
  const t = useT();
  const { may_drive, ...rest } = selection;
  const filters = { ...rest, driver: undefined };
  const { data } = useQuery(
    listDriversOptions({
      query: {
        as_of: rest.as_of,
        terminal: rest.terminal,
        state: rest.state,
        requirement: rest.requirement,
        employment: rest.employment,
        q: rest.q,
        may_drive: may_drive === undefined ? undefined : may_drive === 'yes',
        limit: 1,
      },
    }),
  );
  const filtered = Object.entries(filters).some(([name, value]) => name !== 'as_of' && value);
  return (
    <p className={classes.chosen}>
      {data
        ? t(filtered || may_drive ? 'packets.new.matching' : 'packets.new.all', {
            count: data.total,
          })
        : t('app.loading')}
    </p>
  );
}
