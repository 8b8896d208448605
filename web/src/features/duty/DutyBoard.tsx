import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { complianceSummaryOptions } from '@/api/@tanstack/react-query.gen';
import { useT } from '@/i18n/react';
import { AsOfPicker } from '@/ui/date/AsOfPicker';
import { ReplayNote } from '@/ui/date/ReplayNote';
import { Trouble } from '@/ui/feedback/Trouble';
import { Page } from '@/ui/layout/Page';
import { Answer } from './Answer';
import { BoardSkeleton } from './BoardSkeleton';
import classes from './duty.module.css';
import { EmptyFleet } from './EmptyFleet';
import { MostDue } from './MostDue';
import { Reasons } from './Reasons';
import { RoadPanel } from './RoadPanel';
import { Terminals } from './Terminals';

const route = getRouteApi('/shell/');

/** Who can't drive and why, what falls due, and where: the first page of everybody but drivers. */
export default function DutyBoard() {
  const t = useT();
  const { as_of } = route.useSearch();
  const navigate = route.useNavigate();
  // On a phone the reasons come before the outlook: they are what to act on.
  const narrow = useMediaQuery('(max-width: 48em)');
  const summary = useQuery({
    ...complianceSummaryOptions({ query: { as_of } }),
    // While rules are being worked out again the numbers move: look again until they rest.
    refetchInterval: ({ state }) => (state.data?.recalculating ? 2000 : false),
  });
  const show = (day: string | undefined) => void navigate({ search: { as_of: day } });

  return (
    <Page title={t('duty.title')} actions={<AsOfPicker value={as_of} onChange={show} />}>
      <ReplayNote
        value={as_of}
        onToday={() => {
          show(undefined);
        }}
      />
      {summary.isPending && <BoardSkeleton />}
      {summary.isError && <Trouble error={summary.error} onRetry={() => void summary.refetch()} />}
      {summary.data?.drivers === 0 && <EmptyFleet />}
      {summary.data && summary.data.drivers > 0 && (
        <>
          {summary.data.recalculating && (
            <p role="status" className={classes.recalculating}>
              {t('duty.recalculating')}
            </p>
          )}
          <Answer summary={summary.data} asOf={as_of} />
          {!narrow && <RoadPanel asOf={as_of} />}
          <div className={classes.columns}>
            <Reasons summary={summary.data} asOf={as_of} />
            <div className={classes.side}>
              {narrow && <RoadPanel asOf={as_of} />}
              <Terminals terminals={summary.data.terminals} asOf={as_of} />
              <MostDue counts={summary.data.due_by_requirement} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}
