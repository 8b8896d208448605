import { Tooltip } from '@mantine/core';
import type { OperationsMap } from '@/api';
import { milliseconds, rate, share } from '../units';
import { callWords, isFailing, nameIn } from '../words';
import type { Road } from './layout';
import classes from './map.module.css';
import { keyOf } from './Roads';
import { useT } from '@/i18n/react';

interface RoadPlateProps {
  road: Road;
  map: OperationsMap;
  onHot: (key: string | null) => void;
}

/** The plate on a road: its calls a second; the rest on hover and focus. A quiet road has a stud. */
export function RoadPlate({ road, map, onHot }: RoadPlateProps) {
  const t = useT();
  const { call, plate } = road;
  const busy = call.rate !== null && call.rate > 0;
  const told = callWords(call, map);
  return (
    <Tooltip
      multiline
      maw={320}
      withArrow
      events={{ hover: true, focus: true, touch: true }}
      label={
        busy && call.rate !== null ? (
          <>
            <b>
              {nameIn(map, call.source)} → {nameIn(map, call.target)}
            </b>
            <div>{t('operations.tip.rate', { rate: rate(call.rate) })}</div>
            {call.p95_ms !== null && (
              <div>{t('operations.tip.p95', { time: milliseconds(call.p95_ms) })}</div>
            )}
            {call.error_ratio !== null && (
              <div>{t('operations.tip.errors', { share: share(call.error_ratio) })}</div>
            )}
          </>
        ) : (
          told
        )
      }
    >
      <button
        type="button"
        className={busy ? classes.plate : classes.stud}
        data-failing={isFailing(call.error_ratio) || undefined}
        style={{ left: plate.x, top: plate.y }}
        aria-label={told}
        onPointerEnter={() => onHot(keyOf(call))}
        onPointerLeave={() => onHot(null)}
        onFocus={() => onHot(keyOf(call))}
        onBlur={() => onHot(null)}
      >
        {busy && call.rate !== null && rate(call.rate)}
      </button>
    </Tooltip>
  );
}
