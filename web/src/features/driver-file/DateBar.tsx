import type { FileItemOut } from '@/api';
import { position, ticks, toDay } from './axis';
import { barOf } from './bars';
import { useFile } from './context';
import classes from './axis.module.css';

/**
 * A requirement's dates on the shared axis. Hidden from screen readers: `When` beside it and the steps under "Why"
 * say the same in words.
 */
export function DateBar({ item }: { item: FileItemOut }) {
  const { file, axis } = useFile();
  const { employment } = file.driver;
  const bar = barOf(item, axis, file.as_of, employment?.hired_on ?? null);
  const years = ticks(axis).filter((tick) => tick.year);
  return (
    <div
      className={classes.track}
      data-plain={item.state === 'valid' && item.valid_until === null}
      aria-hidden="true"
    >
      {years.map((tick) => (
        <i key={tick.date} className={classes.yearLine} style={{ left: `${tick.at}%` }} />
      ))}
      {bar.stretches.map((part) => (
        <i
          key={part.meaning + String(part.from)}
          className={classes.stretch}
          data-meaning={part.meaning}
          data-endless={part.endless}
          data-opens-left={part.opensLeft}
          data-opens-right={part.opensRight}
          style={{ left: `${part.from}%`, width: `${part.to - part.from}%` }}
        />
      ))}
      {bar.marks.map((mark) => (
        <i
          key={mark.meaning + String(mark.at)}
          className={classes.mark}
          data-meaning={mark.meaning}
          style={{ left: `${mark.at}%` }}
        />
      ))}
      <i className={classes.now} style={{ left: `${position(axis, toDay(file.as_of))}%` }} />
    </div>
  );
}
