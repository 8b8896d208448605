import { describe, expect, it } from 'vitest';
import { faceOf, largest, last, nearest, niceTop, pathOf } from './scale';

describe('the scale of a chart', () => {
  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [0.0007, 0.001],
    [1, 1],
    [1.2, 2],
    [23, 25],
    [26, 50],
    [118, 200],
    [1000, 1000],
  ])('tops %d at %d', (value, top) => {
    expect(niceTop(value)).toBeCloseTo(top, 10);
  });

  it('knows the largest and the last value that are there', () => {
    expect(largest([{ values: [1, null, 7] }, { values: [null, 3] }])).toBe(7);
    expect(largest([])).toBe(0);
    expect(last([1, 2, null])).toBe(2);
    expect(last([null])).toBeNull();
  });
});

describe('a line', () => {
  it('goes through every value, from the axis up', () => {
    expect(pathOf([0, 5, 10], 10, 100, 50)).toBe('M0 50L50 25L100 0');
  });

  it('is interrupted where values are missing, and a lone one is a dot', () => {
    expect(pathOf([1, null, 1, 1], 1, 90, 10)).toBe('M0 0h0M60 0L90 0');
    expect(pathOf([null, null], 1, 90, 10)).toBe('');
    expect(pathOf([], 1, 90, 10)).toBe('');
  });

  it('never leaves the picture', () => {
    expect(pathOf([20], 10, 100, 50)).toBe('M0 0h0');
  });

  it('has a face down to the axis for each stretch', () => {
    expect(faceOf([1, 1, null, 1], 1, 90, 10)).toBe('M0 10L0 0L30 0L30 10ZM90 10L90 0L90 10Z');
  });
});

it('finds the moment under the pointer', () => {
  expect(nearest(0, 100, 11)).toBe(0);
  expect(nearest(54, 100, 11)).toBe(5);
  expect(nearest(500, 100, 11)).toBe(10);
  expect(nearest(-5, 0, 11)).toBe(0);
});
