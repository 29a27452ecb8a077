import { describe, expect, it } from 'vitest';
import { FigureTable, verdictOf, type Figure } from './figure.js';

function rate(...values: readonly number[]): Figure {
  return { name: 'rate', unit: 'objects/s', better: 'more', values, goal: 10_000, floor: 4000 };
}

describe('a figure with a goal', () => {
  it('reaches it by its median', () => {
    expect(verdictOf(rate(9000, 10_000, 12_000))).toBe('goal reached');
    expect(verdictOf(rate(9000, 9999, 12_000))).toBe('goal missed');
  });

  it('is below the floor when the median is', () => {
    expect(verdictOf(rate(3000, 3999, 20_000))).toBe('BELOW THE FLOOR');
  });

  it('of times is reached from above', () => {
    const time: Figure = { name: 'compile', unit: 'ms', better: 'less', values: [150], goal: 200 };
    expect(verdictOf(time)).toBe('goal reached');
    expect(verdictOf({ ...time, values: [250] })).toBe('goal missed');
  });

  it('has no verdict without goal and floor', () => {
    expect(verdictOf({ name: 'memory', unit: 'MB', better: 'less', values: [1] })).toBeUndefined();
  });
});

describe('the figures of several runs', () => {
  it('stand under one name in the order of the first run', () => {
    const table = new FigureTable();
    for (const run of [1, 2]) {
      table.add(run, { name: 'b', unit: 'ms', better: 'less' });
      table.add(run * 10, { name: 'a', unit: 'ms', better: 'less' });
    }
    expect(table.figures().map(({ name, values }) => [name, values])).toEqual([
      ['b', [1, 2]],
      ['a', [10, 20]],
    ]);
  });
});
