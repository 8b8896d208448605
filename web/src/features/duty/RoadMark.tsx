import { useFormats, useT } from '@/i18n/react';
import type { Road } from './road';
import classes from './road.module.css';

/** An octagon when the driver may not drive without it, a diamond otherwise: as on the signs. */
export function RoadMark({ keepsOff, size = 12 }: { keepsOff: boolean; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      className={keepsOff ? classes.markStop : classes.markWarn}
      aria-hidden="true"
    >
      <path
        d={
          keepsOff ? 'M3.8.5h4.4l3.3 3.3v4.4l-3.3 3.3H3.8L.5 8.2V3.8Z' : 'M6 .3 11.7 6 6 11.7.3 6Z'
        }
      />
    </svg>
  );
}

/** What the marks, or the bars, stand for. */
export function RoadLegend({ shape, most }: Pick<Road, 'shape' | 'most'>) {
  const t = useT();
  const { number } = useFormats();
  if (shape === 'bars') {
    return <p className={classes.legend}>{t('duty.roadCounts', { most: number(most) })}</p>;
  }
  return (
    <ul className={classes.legend}>
      <li>
        <RoadMark keepsOff /> {t('duty.roadKeepsOff')}
      </li>
      <li>
        <RoadMark keepsOff={false} /> {t('duty.roadOther')}
      </li>
    </ul>
  );
}
