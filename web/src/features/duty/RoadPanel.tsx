import { Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listRequirementsOptions, upcomingOptions } from '@/api/@tanstack/react-query.gen';
import type { PlainDate } from '@/core/dates';
import { useT } from '@/i18n/react';
import { Trouble } from '@/ui/feedback/Trouble';
import { Panel } from '@/ui/layout/Page';
import { buildRoad, HORIZON, type Road } from './road';
import { RoadLegend } from './RoadMark';
import { RoadStrip } from './RoadStrip';
import { RoadWeeks } from './RoadWeeks';

/** The next 90 days as a road: every mark a driver's requirement that falls due. */
export function RoadPanel({ asOf }: { asOf: PlainDate | undefined }) {
  const t = useT();
  const narrow = useMediaQuery('(max-width: 48em)');
  const upcoming = useQuery(upcomingOptions({ query: { as_of: asOf, days: HORIZON, limit: 200 } }));
  const requirements = useQuery(listRequirementsOptions());
  const keepsOff = new Set(
    requirements.data?.items.filter((entry) => entry.blocks_driving).map((entry) => entry.key),
  );
  const { data } = upcoming;
  const road: Road | undefined = data && buildRoad(data.as_of, data.days, data.items);

  return (
    <Panel
      title={t('duty.road')}
      aside={road && road.total > 0 && <RoadLegend shape={road.shape} most={road.most} />}
    >
      {upcoming.isError && (
        <Trouble error={upcoming.error} onRetry={() => void upcoming.refetch()} />
      )}
      {upcoming.isPending && <Skeleton height={164} />}
      {road && road.total === 0 && <p>{t('duty.roadEmpty')}</p>}
      {data &&
        road &&
        road.total > 0 &&
        (narrow ? (
          <RoadWeeks road={road} asOf={data.as_of} keepsOff={keepsOff} />
        ) : (
          <RoadStrip road={road} asOf={data.as_of} keepsOff={keepsOff} />
        ))}
    </Panel>
  );
}
