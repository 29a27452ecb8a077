import { describe, expect, it } from 'vitest';
import { collapseDoubt } from './full-import.js';

describe('a full read that found far fewer objects', () => {
  it.each([
    [49, 100, true],
    [50, 100, true],
    [51, 100, false],
    [0, 19, true],
    [1, 19, false],
    [0, 20, true],
    [100, undefined, false],
    [500, 100, false],
  ])('of %s objects where there were %s is doubted: %s', (count, expected, doubted) => {
    expect(collapseDoubt('DC=t', count, expected)?.code).toBe(doubted ? 'ADJ-IMP-1012' : undefined);
  });
});
