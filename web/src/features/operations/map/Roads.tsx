import type { MapCall, OperationsMap } from '@/api';
import { isFailing } from '../words';
import { breadth, type Layout, type Road } from './layout';
import classes from './map.module.css';

interface RoadsProps {
  map: OperationsMap;
  layout: Layout;
  hot: string | null;
}

export const keyOf = (call: MapCall): string => `${call.source} ${call.target}`;

/** Networks as grounds and calls as roads: the wider, the busier; an amber line on those with several calls a second. */
export function Roads({ map, layout, hot }: RoadsProps) {
  const down = new Set(map.parts.filter((part) => part.state === 'down').map((part) => part.name));
  return (
    <svg
      className={classes.ground}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      aria-hidden="true"
      focusable="false"
    >
      {layout.regions.map(({ network, x, y, w, h }) => (
        <rect
          key={network}
          className={classes.region}
          data-network={network}
          x={x + 0.5}
          y={y + 0.5}
          width={w - 1}
          height={h - 1}
          rx={10}
        />
      ))}
      {layout.roads.map((road) => (
        <OneRoad
          key={keyOf(road.call)}
          road={road}
          cut={down.has(road.call.target) || down.has(road.call.source)}
          dim={hot !== null && !touches(road.call, hot)}
        />
      ))}
    </svg>
  );
}

const touches = (call: MapCall, hot: string): boolean =>
  hot === keyOf(call) || hot === call.source || hot === call.target;

interface OneRoadProps {
  road: Road;
  /** One of its ends does not answer. */
  cut: boolean;
  dim: boolean;
}

function OneRoad({ road, cut, dim }: OneRoadProps) {
  const { call, path, tip } = road;
  const width = breadth(call.rate);
  const busy = (call.rate ?? 0) > 0;
  const half = Math.max(4, width * 0.5 + 2.5);
  return (
    <g
      className={classes.road}
      data-cut={cut || undefined}
      data-idle={!busy || undefined}
      data-unknown={!call.known || undefined}
      data-failing={isFailing(call.error_ratio) || undefined}
      data-dim={dim || undefined}
    >
      <path className={classes.asphalt} d={path} strokeWidth={width} />
      {busy && width >= 4.8 && <path className={classes.line} d={path} />}
      <path
        className={classes.tip}
        d={`M0 0L-9 ${-half}V${half}Z`}
        transform={`translate(${tip.x} ${tip.y}) rotate(${tip.angle})`}
      />
    </g>
  );
}
