import { Popover } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { DayItems } from './DayItems';
import { HORIZON, type Road, type RoadDay } from './road';
import { RoadDayColumn } from './RoadDayColumn';
import { RoadScale } from './RoadScale';
import classes from './road.module.css';

interface RoadStripProps {
  road: Road;
  asOf: PlainDate;
  keepsOff: ReadonlySet<string>;
}

/**
 * The road: a day is a column of 1/91 of the width. Columns are too thin to be buttons each, so the strip is one list
 * box: the pointer picks the column under it, the arrow keys walk from day to day, Enter or a click opens.
 */
export function RoadStrip({ road, asOf, keepsOff }: RoadStripProps) {
  const t = useT();
  const { date } = useFormats();
  const id = useId();
  const [active, setActive] = useState<RoadDay | null>(null);
  const [opened, setOpened] = useState<RoadDay | null>(null);
  const open = useOpenDay(setOpened);

  const onKeyDown = (event: KeyboardEvent) => {
    const at = active ? road.days.indexOf(active) : -1;
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: road.days.length - 1 }[
      event.key
    ];
    if (target !== undefined) {
      event.preventDefault();
      setActive(road.days[Math.min(Math.max(target, 0), road.days.length - 1)] ?? null);
    } else if ((event.key === 'Enter' || event.key === ' ') && active) {
      event.preventDefault();
      open(active);
    }
  };

  return (
    <div className={classes.strip}>
      <div
        role="listbox"
        tabIndex={0}
        aria-label={t('duty.roadList')}
        aria-activedescendant={active ? `${id}-${active.offset}` : undefined}
        className={classes.road}
        style={{ '--road-height': roadHeight(road) } as CSSProperties}
        onKeyDown={onKeyDown}
        onFocus={() => {
          setActive(active ?? road.days[0] ?? null);
        }}
        onBlur={() => {
          setActive(null);
        }}
        onPointerLeave={() => {
          setActive(null);
        }}
      >
        {road.days.map((day) => (
          <RoadDayColumn
            key={day.date}
            id={`${id}-${day.offset}`}
            day={day}
            road={road}
            keepsOff={keepsOff}
            label={t('duty.roadDay', {
              date: date(day.date, { asOf, length: 'long' }),
              count: day.count,
            })}
            active={active === day}
            onHover={() => {
              setActive(day);
            }}
            onOpen={() => {
              open(day);
            }}
          />
        ))}
      </div>
      <RoadScale asOf={asOf} />
      <Popover
        opened={opened !== null}
        onChange={() => {
          setOpened(null);
        }}
        trapFocus
        returnFocus
        withArrow
        withRoles={false}
        width={340}
        position="bottom"
      >
        <Popover.Target>
          <span
            className={classes.anchor}
            style={{ left: `${(((opened?.offset ?? 0) + 0.5) / (HORIZON + 1)) * 100}%` }}
          />
        </Popover.Target>
        <Popover.Dropdown
          role="dialog"
          aria-label={opened ? date(opened.date, { asOf }) : undefined}
        >
          {opened && (
            <>
              <h3 className={classes.dayTitle}>{date(opened.date, { asOf, length: 'long' })}</h3>
              <DayItems day={opened} keepsOff={keepsOff} />
            </>
          )}
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

/** As tall as its highest stack of marks, so that a calm quarter is a calm strip. */
function roadHeight(road: Road): string {
  return road.shape === 'bars' ? '136px' : `${Math.max(road.most, 4) * 13 + 40}px`;
}

/** One mark leads straight to its driver; several are listed first. */
function useOpenDay(list: (day: RoadDay) => void): (day: RoadDay) => void {
  const navigate = useNavigate();
  return (day) => {
    const [only] = day.items;
    if (day.count === 1 && only) {
      void navigate({ to: '/drivers/$driverId', params: { driverId: only.driver.id } });
    } else {
      list(day);
    }
  };
}
