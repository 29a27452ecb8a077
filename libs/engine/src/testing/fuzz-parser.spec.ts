import { describe, expect, it } from 'vitest';
import { fuzzParser, problemWith } from './fuzz-parser.js';
import { RandomTexts, randomFrom } from './random-text.js';

describe('the reader of expressions under random texts', () => {
  it('neither throws nor hangs, and reads what it prints', () => {
    let ticks = 0; // counts texts instead of time
    const found = fuzzParser(4, 20_260_101, () => ticks++);
    expect(found.failures).toEqual([]);
    expect(found.texts).toBeGreaterThan(1_000);
    expect(found.accepted).toBeGreaterThan(found.texts / 10);
  });

  it('gives the same texts for the same seed', () => {
    const texts = (seed: number): string[] => {
      const source = new RandomTexts(randomFrom(seed));
      return Array.from({ length: 50 }, () => source.next());
    };
    expect(texts(1)).toEqual(texts(1));
    expect(texts(1)).not.toEqual(texts(2));
  });

  it('knows what is an expression', () => {
    expect(problemWith('-(5) & "a"')).toEqual({ problem: undefined, valid: true });
    expect(problemWith('(')).toEqual({ problem: undefined, valid: false });
  });
});
