/** What the camera sees, judged for the person who holds it: is the document in the frame, lit, and sharp? */

export interface Gray {
  /** Luminance 0 to 255, row by row. */
  values: Uint8ClampedArray;
  width: number;
  height: number;
}

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Advice = 'dark' | 'bright' | 'outside' | 'blurred' | 'good';

/** A mean luminance below this can't be read; a share of burnt-out pixels above that hides what they cover. */
const DARK = 56;
const BURNT = 250;
const BURNT_SHARE = 0.12;
/** How far from the frame's line an edge may lie, as a share of the frame's side. */
const REACH = 0.09;
/** A step of luminance over two pixels that counts as an edge. */
const STEP = 22;
/** So much of a side must show an edge, and so straight: the median distance from its own middle, as a share. */
const SEEN = 0.6;
const STRAIGHT = 0.025;
/** Three of four: a hand or a shadow may hide one. */
const SIDES = 3;
/** The steepest hundredth of all steps inside; print is steep when it is in focus. */
const SHARP = 40;

/** `gray` is a small picture of what is seen (about 240 pixels wide), `frame` the place of the outline in it. */
export function judge(gray: Gray, frame: Frame): Advice {
  const light = lightOf(gray, frame);
  if (light.mean < DARK) return 'dark';
  if (light.burnt > BURNT_SHARE) return 'bright';
  if (sidesSeen(gray, frame) < SIDES) return 'outside';
  return steepest(gray, frame) < SHARP ? 'blurred' : 'good';
}

const at = ({ values, width }: Gray, x: number, y: number): number => values[y * width + x] ?? 0;

function* inside(gray: Gray, frame: Frame): Generator<[number, number]> {
  const right = Math.min(gray.width - 1, Math.floor(frame.left + frame.width));
  const bottom = Math.min(gray.height - 1, Math.floor(frame.top + frame.height));
  for (let y = Math.max(1, Math.ceil(frame.top)); y < bottom; y += 2) {
    for (let x = Math.max(1, Math.ceil(frame.left)); x < right; x += 2) yield [x, y];
  }
}

function lightOf(gray: Gray, frame: Frame): { mean: number; burnt: number } {
  let sum = 0;
  let burnt = 0;
  let count = 0;
  for (const [x, y] of inside(gray, frame)) {
    const value = at(gray, x, y);
    sum += value;
    if (value >= BURNT) burnt += 1;
    count += 1;
  }
  return { mean: sum / Math.max(1, count), burnt: burnt / Math.max(1, count) };
}

function sidesSeen(gray: Gray, frame: Frame): number {
  const { left, top, width, height } = frame;
  const upright = (x: number, y: number) => Math.abs(at(gray, x, y + 1) - at(gray, x, y - 1));
  const across = (x: number, y: number) => Math.abs(at(gray, x + 1, y) - at(gray, x - 1, y));
  const level = (line: number) =>
    isSide(left, width, line, height, gray.height, (along, y) => upright(along, y));
  const plumb = (line: number) =>
    isSide(top, height, line, width, gray.width, (along, x) => across(x, along));
  return [level(top), level(top + height), plumb(left), plumb(left + width)].filter(Boolean).length;
}

/** Whether a straight edge lies along a line: `from` and `length` run along it, `line` and `across` measure the other way. */
function isSide(
  from: number,
  length: number,
  line: number,
  across: number,
  limit: number,
  step: (along: number, position: number) => number,
): boolean {
  const reach = across * REACH;
  const first = Math.max(1, Math.round(line - reach));
  const last = Math.min(limit - 2, Math.round(line + reach));
  const found: number[] = [];
  let looked = 0;
  // The corners are round, and belong to two sides.
  for (let along = from + length * 0.1; along < from + length * 0.9; along += 2) {
    looked += 1;
    let best = STEP;
    let place = -1;
    for (let position = first; position <= last; position += 1) {
      const steep = step(Math.round(along), position);
      if (steep > best) [best, place] = [steep, position];
    }
    if (place >= 0) found.push(place);
  }
  if (found.length < looked * SEEN) return false;
  const middle = median(found);
  return median(found.map((place) => Math.abs(place - middle))) <= Math.max(1, across * STRAIGHT);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function steepest(gray: Gray, frame: Frame): number {
  const inner = {
    left: frame.left + frame.width * 0.12,
    top: frame.top + frame.height * 0.12,
    width: frame.width * 0.76,
    height: frame.height * 0.76,
  };
  const steps: number[] = [];
  for (const [x, y] of inside(gray, inner)) {
    steps.push(Math.abs(at(gray, x + 1, y) - at(gray, x - 1, y)));
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length * 0.99)] ?? 0;
}
