import { useElementSize } from '@mantine/hooks';
import type { Chart } from '@/api';
import { lookUp } from '@/i18n';
import { useT } from '@/i18n/react';
import { clock, inUnit } from '../units';
import { ChartTable } from './ChartTable';
import classes from './charts.module.css';
import { faceOf, largest, last, nearest, niceTop, pathOf } from './scale';

const HEIGHT = 84;
/** As many lines as colours; the rest of a chart is in its table. */
const LINES = 5;

interface SmallChartProps {
  chart: Chart;
  times: number[];
  /** The moment the pointer is at, as an index; shared by all charts. */
  at: number | null;
  onAt: (at: number | null) => void;
}

/** One subject: its lines from zero, the present values as words, and the same as a table. */
export function SmallChart({ chart, times, at, onAt }: SmallChartProps) {
  const t = useT();
  const { ref, width } = useElementSize();
  const title = lookUp(`operations.chart.${chart.name}`) ?? chart.name;
  const lines = busiest(chart);
  const top = niceTop(largest(lines));
  const value = (values: (number | null)[]) => (at === null ? last(values) : (values[at] ?? null));
  return (
    <figure className={classes.chart}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        <ChartTable chart={chart} times={times} title={title} />
      </figcaption>
      {lines.length === 0 ? (
        <p className={classes.empty} style={{ height: HEIGHT }}>
          {t('operations.noValues')}
        </p>
      ) : (
        <div
          ref={ref}
          className={classes.plot}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            onAt(nearest(event.clientX - box.left, box.width, times.length));
          }}
          onPointerLeave={() => onAt(null)}
        >
          <Plot
            chart={{ ...chart, lines }}
            top={top}
            width={width || 260}
            at={at}
            points={times.length}
          />
          <span className={classes.top}>{inUnit(chart.unit, top)}</span>
          {at !== null && times[at] !== undefined && (
            <span className={classes.when}>{clock(new Date(times[at] * 1000))}</span>
          )}
        </div>
      )}
      <dl className={classes.lines}>
        {lines.map((line, index) => {
          const present = value(line.values);
          return (
            <div key={line.name} className={classes.lineName} data-line={index}>
              <dt>{lookUp(`operations.line.${line.name}`) ?? line.name}</dt>
              <dd>{present === null ? '–' : inUnit(chart.unit, present)}</dd>
            </div>
          );
        })}
      </dl>
    </figure>
  );
}

interface PlotProps {
  chart: Chart;
  top: number;
  width: number;
  at: number | null;
  points: number;
}

function Plot({ chart, top, width, at, points }: PlotProps) {
  const x = at === null ? null : (at / Math.max(1, points - 1)) * width;
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true" focusable="false" className={classes.svg}>
      <path className={classes.rule} d={`M0 .5H${width}M0 ${HEIGHT / 2}H${width}`} />
      <path className={classes.axis} d={`M0 ${HEIGHT - 0.5}H${width}`} />
      {chart.lines.map((line, index) => (
        <g key={line.name} data-line={index} className={classes.series}>
          {chart.lines.length === 1 && (
            <path className={classes.face} d={faceOf(line.values, top, width, HEIGHT)} />
          )}
          <path className={classes.stroke} d={pathOf(line.values, top, width, HEIGHT)} />
        </g>
      ))}
      {x !== null && <path className={classes.cursor} d={`M${x} 0V${HEIGHT}`} />}
    </svg>
  );
}

/** The lines that are drawn: those with the largest last values, in the order of the chart. */
function busiest(chart: Chart): Chart['lines'] {
  if (chart.lines.length <= LINES) return chart.lines;
  const chosen = [...chart.lines]
    .sort((a, b) => (last(b.values) ?? 0) - (last(a.values) ?? 0))
    .slice(0, LINES);
  return chart.lines.filter((line) => chosen.includes(line));
}
