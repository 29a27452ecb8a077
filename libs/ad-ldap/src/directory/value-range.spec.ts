import { describe, expect, it } from 'vitest';
import { parseRange } from './value-range.js';

describe('parseRange', () => {
  it('knows that more values follow', () => expect(parseRange('range=0-1499')).toEqual({ low: 0, high: 1499 }));
  it('knows the last part', () => expect(parseRange('Range=1500-*')).toEqual({ low: 1500, high: undefined }));
  it('ignores other options', () => expect(parseRange('binary')).toBeUndefined());
});
