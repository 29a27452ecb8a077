import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile, spread } from './statistics.js';

const figures = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });

describe('the median of runs', () => {
  it('is the middle value, in whatever order the runs were', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle when the number is even', () => {
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  it('of one run is that run, of none is no number', () => {
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('has as many values above it as below', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the value that so many do not exceed', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile(hundred, 0)).toBe(1);
  });

  it('is always one of the values', () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        expect(values).toContain(percentile(values, share));
      }),
    );
  });
});

describe('the spread of runs', () => {
  it('is their range as a share of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.2);
  });

  it('of a single run is nothing', () => {
    expect(spread([5])).toBe(0);
  });
});
