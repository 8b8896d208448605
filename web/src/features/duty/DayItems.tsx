import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { upcomingOptions } from '@/api/@tanstack/react-query.gen';
import { Trouble } from '@/ui/feedback/Trouble';
import classes from './road.module.css';
import type { RoadDay } from './road';
import { RoadMark } from './RoadMark';

interface DayItemsProps {
  day: RoadDay;
  keepsOff: ReadonlySet<string>;
}

/** Whose requirements fall due on a day, each a link to the driver's file; a day of a large fleet is asked for. */
export function DayItems({ day, keepsOff }: DayItemsProps) {
  const partial = day.items.length < day.count;
  const query = useQuery({
    ...upcomingOptions({ query: { as_of: day.date, days: 1, limit: 200 } }),
    enabled: partial,
  });
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (partial && query.isPending) return <Skeleton height={Math.min(day.count, 6) * 44} />;
  const items = partial
    ? (query.data?.items.filter((item) => item.due_on === day.date) ?? [])
    : day.items;
  return (
    <ul className={classes.items}>
      {items.map((item) => (
        <li key={item.driver.id + item.requirement}>
          <Link
            to="/drivers/$driverId"
            params={{ driverId: item.driver.id }}
            className={classes.item}
          >
            <RoadMark keepsOff={keepsOff.has(item.requirement)} />
            <span>
              <span className={classes.itemName}>{item.driver.name}</span>
              <span className={classes.itemTitle}>{item.title}</span>
            </span>
            <span className={classes.itemPlace}>{item.driver.terminal.name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
