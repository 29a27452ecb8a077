import { describe, expect, it } from 'vitest';
import { MarkerSchedule } from './marker-schedule.js';

function aSchedule() {
  const clock = { now: 0 };
  return { clock, schedule: new MarkerSchedule(() => clock.now) };
}

describe('markers of polls', () => {
  it('follow a change, and the poll after it', () => {
    const { schedule } = aSchedule();
    expect([false, true, false, false].map((changed) => schedule.isDue(changed))).toEqual([false, true, true, false]);
  });

  it('follow the poll after a run that somebody asked for', () => {
    const { schedule } = aSchedule();
    schedule.owe();
    expect([schedule.isDue(false), schedule.isDue(false)]).toEqual([true, false]);
  });

  it('come now and then while nothing changes: a delete may be decided long after it was read', () => {
    const { clock, schedule } = aSchedule();
    const due = Array.from({ length: 90 }, () => {
      clock.now += 1000;
      return schedule.isDue(false);
    });
    expect(due.flatMap((one, index) => (one ? [index + 1] : []))).toEqual([30, 60, 90]);
  });
});
