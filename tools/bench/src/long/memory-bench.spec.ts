import { describe, expect, it } from 'vitest';
import { growthOf, levelOf } from './memory-bench.js';

describe('growth of memory', () => {
  it('is none when the level of the second third stays', () => {
    expect(growthOf([10, 50, 100, 200, 200, 200, 200, 200, 200])).toBe(0);
    expect(levelOf([10, 50, 100, 200, 200, 200, 210, 210, 210])).toBe(210);
  });

  it('is seen in the last third against the second', () => {
    expect(growthOf([0, 0, 0, 100, 100, 100, 120, 120, 120])).toBeCloseTo(20);
  });
});
