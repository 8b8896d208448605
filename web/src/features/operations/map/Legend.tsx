import { useT } from '@/i18n/react';
import { breadth, type Rect } from './layout';
import classes from './map.module.css';

const EXAMPLES = [0.1, 10, 1000];

/** How to read the roads. */
export function Legend({ rect }: { rect: Rect }) {
  const t = useT();
  return (
    <div
      className={classes.legend}
      style={{ left: rect.x, top: rect.y, width: rect.w, height: rect.h }}
    >
      <ul>
        <li>
          <svg
            width="84"
            height="14"
            viewBox="0 0 84 14"
            aria-hidden="true"
            className={classes.road}
          >
            {EXAMPLES.map((rate, index) => (
              <path
                key={rate}
                className={classes.asphalt}
                d={`M${index * 30} 7H${index * 30 + 24}`}
                strokeWidth={breadth(rate)}
              />
            ))}
          </svg>
          {t('operations.legend.breadth')}
        </li>
        <li>
          <svg
            width="84"
            height="14"
            viewBox="0 0 84 14"
            aria-hidden="true"
            className={classes.road}
            data-idle
          >
            <path className={classes.asphalt} d="M0 7H84" strokeWidth={1.5} />
          </svg>
          {t('operations.legend.idle')}
        </li>
        <li>
          <svg
            width="84"
            height="14"
            viewBox="0 0 84 14"
            aria-hidden="true"
            className={classes.road}
            data-idle
            data-unknown
          >
            <path className={classes.asphalt} d="M0 7H84" strokeWidth={1.5} />
          </svg>
          {t('operations.legend.unmeasured')}
        </li>
        <li>
          <svg
            width="84"
            height="14"
            viewBox="0 0 84 14"
            aria-hidden="true"
            className={classes.road}
            data-failing
          >
            <path className={classes.asphalt} d="M0 7H84" strokeWidth={5} />
          </svg>
          {t('operations.legend.failing')}
        </li>
      </ul>
    </div>
  );
}
