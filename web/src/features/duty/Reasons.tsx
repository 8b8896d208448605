import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SummaryOut } from '@/api';
import { listDriversOptions } from '@/api/@tanstack/react-query.gen';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import { Blank } from '@/ui/feedback/Blank';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { Glyph } from '@/ui/status/glyphs';
import { StateChip } from '@/ui/status/StateChip';
import classes from './duty.module.css';
import { groupByReason, type ReasonGroup } from './reasons';

/** So many names a reason; the rest is a list of its own. */
const SHOWN = 4;

interface ReasonsProps {
  summary: SummaryOut;
  asOf: PlainDate | undefined;
}

export function Reasons({ summary, asOf }: ReasonsProps) {
  const t = useT();
  const drivers = useQuery({
    ...listDriversOptions({ query: { may_drive: false, limit: 200, as_of: asOf } }),
    enabled: summary.cannot_drive > 0,
  });
  if (summary.cannot_drive === 0) {
    return (
      <Panel title={t('duty.reasons')}>
        <Blank
          title={t('duty.allClear')}
          text={t('duty.allClearText')}
          icon={
            <span className={classes.clearIcon}>
              <Glyph name="valid" size={40} />
            </span>
          }
        />
      </Panel>
    );
  }
  return (
    <Panel
      flush
      title={t('duty.reasons')}
      aside={
        <Link to="/drivers" search={{ may_drive: 'no', as_of: asOf }} className={classes.more}>
          {t('duty.openList')}
        </Link>
      }
    >
      {drivers.isError && <Trouble error={drivers.error} onRetry={() => void drivers.refetch()} />}
      <ul className={classes.groups}>
        {groupByReason(summary, drivers.data?.items ?? []).map((group) => (
          <Group
            key={group.requirement + group.state}
            group={group}
            asOf={asOf}
            loading={drivers.isPending}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface GroupProps {
  group: ReasonGroup;
  asOf: PlainDate | undefined;
  loading: boolean;
}

function Group({ group, asOf, loading }: GroupProps) {
  const t = useT();
  const shown = group.members.slice(0, SHOWN);
  return (
    <li className={classes.group}>
      <div className={classes.groupHead}>
        <StateChip state={group.state} />
        <h3 className={classes.groupTitle}>{group.title}</h3>
        {group.drivers > 1 && (
          <span className={classes.groupCount}>
            {t('duty.reasonCount', { count: group.drivers })}
          </span>
        )}
      </div>
      {loading && <Skeleton height={Math.min(group.drivers, SHOWN) * 44} />}
      <ul>
        {shown.map(({ driver, text }) => (
          <li key={driver.id}>
            <Link
              to="/drivers/$driverId"
              params={{ driverId: driver.id }}
              search={{ as_of: asOf }}
              className={classes.member}
            >
              <span className={classes.memberName}>
                {driver.first_name} {driver.last_name}
              </span>
              <span className={classes.memberText}>{text}</span>
              <span className={classes.memberPlace}>{driver.terminal.name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {group.drivers > shown.length && !loading && (
        <Link
          to="/drivers"
          search={{
            may_drive: 'no',
            requirement: group.requirement,
            state: group.state,
            as_of: asOf,
          }}
          className={classes.more}
        >
          {t('duty.showAll', { count: group.drivers })}
        </Link>
      )}
    </li>
  );
}
