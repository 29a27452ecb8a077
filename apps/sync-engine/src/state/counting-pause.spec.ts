import { describe, expect, it } from 'vitest';
import { CountingPause } from './counting-pause.js';

describe('the pause after counting', () => {
  it('is a second while counting is quick', () => {
    const pause = new CountingPause();
    expect([20, 30, 40, 50].map((ms) => pause.after(ms))).toEqual([1000, 1000, 1000, 1000]);
  });

  it('is twenty times as long as counting that takes long', () => {
    const pause = new CountingPause();
    for (const ms of [900, 1000]) pause.after(ms);
    expect(pause.after(1100)).toBe(18_000);
  });

  it('does not grow because the database was away once', () => {
    const pause = new CountingPause();
    for (const ms of [30, 30, 30]) pause.after(ms);
    expect([12_000, 8000, 30].map((ms) => pause.after(ms))).toEqual([1000, 1000, 1000]);
  });

  it('does not grow when the database is away at the start', () => {
    expect(new CountingPause().after(15_000)).toBe(1000);
  });
});
