/** The arithmetic of the small charts: from values to pixels. */

const STEPS = [1, 2, 2.5, 5, 10];

/** The roundest number that is not below `value`: the top of an axis from zero. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((entry) => entry * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

export const largest = (lines: readonly { values: readonly (number | null)[] }[]): number =>
  lines.reduce(
    (top, line) => line.values.reduce<number>((most, v) => Math.max(most, v ?? 0), top),
    0,
  );

/**
 * An SVG path through the values that are there; where one is missing the line is interrupted, never guessed. A value
 * alone between two gaps is a dot (a path of no length with round ends).
 */
export function pathOf(
  values: readonly (number | null)[],
  top: number,
  w: number,
  h: number,
): string {
  const step = values.length > 1 ? w / (values.length - 1) : 0;
  let path = '';
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = round(index * step);
    const y = round(h - (Math.min(value, top) / top) * h);
    const alone = !pen && (values[index + 1] ?? null) === null;
    path += `${pen ? 'L' : 'M'}${x} ${y}${alone ? 'h0' : ''}`;
    pen = true;
  });
  return path;
}

/** The same as a face down to the axis, for the one line of a chart. */
export function faceOf(
  values: readonly (number | null)[],
  top: number,
  w: number,
  h: number,
): string {
  const step = values.length > 1 ? w / (values.length - 1) : 0;
  const faces: string[] = [];
  let start: number | null = null;
  for (let index = 0; index <= values.length; index += 1) {
    const present = (values[index] ?? null) !== null;
    if (present) start ??= index;
    else if (start !== null) {
      const run = values.slice(start, index).map((value, at) => {
        const x = round(((start ?? 0) + at) * step);
        return `${x} ${round(h - (Math.min(value ?? 0, top) / top) * h)}`;
      });
      faces.push(
        `M${round(start * step)} ${h}L${run.join('L')}L${round((index - 1) * step)} ${h}Z`,
      );
      start = null;
    }
  }
  return faces.join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The point nearest to a place on the chart, as an index. */
export const nearest = (x: number, w: number, points: number): number =>
  Math.max(0, Math.min(points - 1, Math.round((x / Math.max(1, w)) * (points - 1))));

/** The last value that is there. */
export const last = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((found, value) => value ?? found, null);
