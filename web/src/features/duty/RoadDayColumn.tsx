import { Tooltip } from '@mantine/core';
import { useT } from '@/i18n/react';
import { HORIZON, type Road, type RoadDay } from './road';
import { RoadMark } from './RoadMark';
import classes from './road.module.css';

/** A tooltip names so many; the list behind the click has all. */
const NAMED = 5;

interface RoadDayColumnProps {
  id: string;
  day: RoadDay;
  road: Road;
  keepsOff: ReadonlySet<string>;
  label: string;
  active: boolean;
  onHover: () => void;
  onOpen: () => void;
}

export function RoadDayColumn({
  id,
  day,
  road,
  keepsOff,
  label,
  active,
  onHover,
  onOpen,
}: RoadDayColumnProps) {
  return (
    <Tooltip opened={active} label={<DayTold day={day} label={label} />} multiline maw={340}>
      {/* The list box around it has the focus and the keys. */}
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
      <div
        id={id}
        role="option"
        aria-selected={active}
        aria-label={label}
        className={classes.column}
        style={{
          left: `${(day.offset / (HORIZON + 1)) * 100}%`,
          width: `${100 / (HORIZON + 1)}%`,
        }}
        onPointerEnter={onHover}
        onClick={onOpen}
      >
        {road.shape === 'marks' ? (
          day.items.map((item) => (
            <RoadMark
              key={item.driver.id + item.requirement}
              keepsOff={keepsOff.has(item.requirement)}
            />
          ))
        ) : (
          <span
            className={classes.bar}
            style={{ height: `${Math.max(4, (day.count / road.most) * 100)}%` }}
          />
        )}
      </div>
    </Tooltip>
  );
}

function DayTold({ day, label }: { day: RoadDay; label: string }) {
  const t = useT();
  const named = day.items.slice(0, NAMED);
  return (
    <>
      <b>{label}</b>
      {named.map((item) => (
        <div key={item.driver.id + item.requirement}>
          {item.driver.name} – {item.title}
        </div>
      ))}
      {named.length > 0 && day.count > named.length && (
        <div>{t('duty.roadMore', { count: day.count - named.length })}</div>
      )}
    </>
  );
}
