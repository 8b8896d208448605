import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { fromDayNumber, type PlainDate } from '@/core/dates';
import { useFormats, useT } from '@/i18n/react';
import { position, ticks, toDay } from './axis';
import { useFile } from './context';
import classes from './axis.module.css';

interface TimeAxisProps {
  onAsOf: (day: PlainDate | undefined) => void;
}

/** Years and quarters over the bars, and the marker of the day shown: drag it, or use the arrow keys. */
export function TimeAxis({ onAsOf }: TimeAxisProps) {
  const t = useT();
  const { date } = useFormats();
  const { file, axis, today } = useFile();
  /** Where the marker is while it is being moved; the page follows when it rests. */
  const [moving, setMoving] = useState<number | null>(null);
  const shown = moving ?? toDay(file.as_of);
  const settle = useDebouncedCallback((day: number) => {
    const chosen = fromDayNumber(day);
    onAsOf(chosen === today ? undefined : chosen);
    setMoving(null);
  }, 180);
  const move = (day: number) => {
    setMoving(day);
    settle(day);
  };
  const label =
    fromDayNumber(shown) === today ? t('driverFile.axis.today') : date(fromDayNumber(shown));
  const at = position(axis, shown);

  return (
    <div className={classes.axis}>
      <h2 className={classes.title}>{t('driverFile.list')}</h2>
      <div className={classes.scale}>
        {ticks(axis).map((tick) => (
          <span
            key={tick.date}
            className={classes.tick}
            data-year={tick.year}
            style={{ left: `${tick.at}%` }}
            aria-hidden="true"
          >
            {tick.year && tick.at < 96 && !(at > tick.at && at < tick.at + 8) && (
              <b>{tick.date.slice(0, 4)}</b>
            )}
          </span>
        ))}
        <span className={classes.marker} style={{ left: `${at}%` }} aria-hidden="true">
          <b style={{ transform: `translateX(-${Math.min(96, Math.max(4, at))}%)` }}>{label}</b>
        </span>
        <input
          type="range"
          className={classes.slider}
          min={axis.start}
          max={axis.end - 1}
          value={shown}
          aria-label={t('driverFile.axis')}
          aria-valuetext={label}
          onChange={(event) => move(Number(event.currentTarget.value))}
        />
      </div>
    </div>
  );
}
