import { describe, expect, it } from 'vitest';
import { judge, type Gray } from './judge';
import { outline, shown } from './stage';

const SIZE = { width: 240, height: 360 };
const FRAME = outline(SIZE, 'card');

/** A table with a card on it: `dx`, `dy` off its place, `scale` its size, print on it. */
function scene({
  table = 70,
  card = 200,
  dx = 0,
  dy = 0,
  scale = 1,
  print = 60,
  tilt = 0,
} = {}): Gray {
  const values = new Uint8ClampedArray(SIZE.width * SIZE.height).fill(table);
  const width = FRAME.width * scale;
  const height = FRAME.height * scale;
  const left = FRAME.left + (FRAME.width - width) / 2 + dx;
  const top = FRAME.top + (FRAME.height - height) / 2 + dy;
  for (let y = 0; y < SIZE.height; y += 1) {
    for (let x = 0; x < SIZE.width; x += 1) {
      const slope = (x - SIZE.width / 2) * tilt;
      const within = x >= left && x < left + width && y >= top + slope && y < top + height + slope;
      if (!within) continue;
      // Lines of print: dark strokes three pixels wide.
      const ink = Math.floor(y - top) % 12 < 4 && Math.floor(x - left) % 6 < 3;
      values[y * SIZE.width + x] = ink && print > 0 ? Math.max(0, card - print * 2) : card;
    }
  }
  return { values, ...SIZE };
}

describe('what the camera tells the driver', () => {
  it.each([
    ['a card in its place', scene(), 'good'],
    ['a little off', scene({ dx: 4, dy: -3 }), 'good'],
    ['a little tilted', scene({ tilt: 0.015 }), 'good'],
    ['a white card on a light table', scene({ table: 150, card: 215 }), 'good'],
    ['night', scene({ table: 8, card: 30, print: 10 }), 'dark'],
    ['glare', scene({ card: 255, print: 0 }), 'bright'],
    ['an empty table', scene({ card: 70, print: 0 }), 'outside'],
    ['too far away', scene({ scale: 0.6 }), 'outside'],
    ['too near', scene({ scale: 1.4 }), 'outside'],
    ['half out of the frame', scene({ dx: 60, dy: 40 }), 'outside'],
    ['askew', scene({ tilt: 0.4 }), 'outside'],
    ['out of focus: edges, but no print', scene({ print: 4 }), 'blurred'],
  ])('%s', (_, gray, advice) => {
    expect(judge(gray, FRAME)).toBe(advice);
  });
});

it('draws the outline in the document’s own shape, within the stage', () => {
  for (const [shape, ratio] of [
    ['card', 85.6 / 53.98],
    ['page', 8.5 / 11],
  ] as const) {
    for (const stage of [
      { width: 358, height: 560 },
      { width: 900, height: 400 },
    ]) {
      const line = outline(stage, shape);
      expect(line.width / line.height).toBeCloseTo(ratio, 5);
      expect(line.left).toBeGreaterThan(0);
      expect(line.top).toBeGreaterThan(0);
      expect(line.left + line.width).toBeLessThan(stage.width);
      expect(line.top + line.height).toBeLessThan(stage.height);
    }
  }
});

it('knows which part of the video a stage shows', () => {
  // A landscape video on an upright stage: the sides are cut off.
  expect(shown({ width: 1920, height: 1080 }, { width: 360, height: 540 })).toEqual({
    left: 600,
    top: 0,
    width: 720,
    height: 1080,
  });
});
