import { describe, expect, it } from 'vitest';
import { CALLS, part, PARTS } from '../../../../tests/operations';
import { breadth, layOut, type Rect } from './layout';

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe.each([700, 768, 959, 960, 1104, 1320])('the drawing, %i pixels wide', (width) => {
  const layout = layOut(PARTS, CALLS, width);

  it('has every part within its network', () => {
    for (const entry of PARTS) {
      const box = layout.boxes.get(entry.name)!;
      const region = layout.regions.find((one) => one.network === entry.network)!;
      expect(box.x, entry.name).toBeGreaterThanOrEqual(region.x);
      expect(box.x + box.w, entry.name).toBeLessThanOrEqual(region.x + region.w + 0.5);
      expect(box.y, entry.name).toBeGreaterThan(region.y);
      expect(box.y + box.h, entry.name).toBeLessThanOrEqual(region.y + region.h);
    }
  });

  it('lets no two boxes or networks overlap, and nothing leave the picture', () => {
    for (const rects of [
      [...layout.boxes.values()],
      layout.regions,
      [...layout.regions, layout.legend],
    ]) {
      rects.forEach((a, index) => {
        for (const b of rects.slice(index + 1)) expect(overlap(a, b)).toBe(false);
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.w).toBeLessThanOrEqual(width + 0.5);
        expect(a.y + a.h).toBeLessThanOrEqual(layout.height + 0.5);
      });
    }
  });

  it('draws each call once, with plates of those into one box apart', () => {
    expect(layout.roads.map((road) => road.call)).toEqual(CALLS);
    const plates = layout.roads
      .filter((road) => road.call.target === 'postgres')
      .map((road) => road.plate.y);
    expect(plates).toHaveLength(3);
    for (const [index, y] of plates.entries()) {
      for (const other of plates.slice(index + 1))
        expect(Math.abs(y - other)).toBeGreaterThanOrEqual(24);
    }
  });
});

describe('the drawing', () => {
  it('finds room for parts it does not know', () => {
    const layout = layOut([...PARTS, part('mongodb'), part('weigh-station')], CALLS, 1104);
    expect(layout.boxes.get('weigh-station')!.y).toBeGreaterThan(layout.boxes.get('mongodb')!.y);
    expect(layout.height).toBeGreaterThan(layOut(PARTS, CALLS, 1104).height);
  });

  it('finds room for what is not installed, in every width', () => {
    const parts = [
      ...PARTS,
      part('mongodb', { state: 'absent' }),
      part('grafana', { network: 'monitoring', state: 'absent' }),
      part('exporters', { network: 'monitoring' }),
    ];
    for (const width of [700, 960, 1104]) {
      const boxes = [...layOut(parts, CALLS, width).boxes.values()];
      boxes.forEach((a, index) => {
        for (const b of boxes.slice(index + 1)) expect(overlap(a, b)).toBe(false);
      });
    }
  });

  it('leaves out calls whose ends are not drawn', () => {
    const few = PARTS.filter((entry) => entry.name !== 'postgres');
    expect(layOut(few, CALLS, 1104).roads.some((road) => road.call.target === 'postgres')).toBe(
      false,
    );
  });

  it('shows ten times the calls as a wider road, and none as a thin one', () => {
    const widths = [null, 0, 0.1, 1, 10, 100, 1000, 1e9].map(breadth);
    expect(widths[0]).toBe(widths[1]);
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(widths.at(-1)).toBeLessThanOrEqual(9);
  });
});
