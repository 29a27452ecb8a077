import { beforeEach, describe, expect, it } from 'vitest';
import { ReadSchedule } from './read-schedule.js';

describe('the changes of a domain', () => {
  let now = 0;
  let schedule: ReadSchedule;
  beforeEach(() => {
    now = 0;
    schedule = new ReadSchedule(1_000, () => now);
  });

  it('are read when the change number has moved, and now and then all the same', () => {
    expect(schedule.isDue('5')).toBe(true);
    now += 250;
    expect(schedule.isDue('5')).toBe(false);
    expect(schedule.isDue('6')).toBe(true);
    expect(schedule.usn).toBe('6');
    now += 9_900;
    expect(schedule.isDue('6')).toBe(false);
    now += 200;
    expect(schedule.isDue('6')).toBe(true);
    expect(schedule.isDue('6')).toBe(false);
  });

  it('are read each time from a server that does not tell its change number, and after a failure', () => {
    expect([schedule.isDue(undefined), schedule.isDue(undefined)]).toEqual([true, true]);
    expect(schedule.pauseMs(10)).toBe(990);
    schedule.isDue('5');
    schedule.failed();
    expect(schedule.usn).toBeUndefined();
    expect(schedule.isDue('5')).toBe(true);
  });

  it('are looked for often while nothing changes, less often while they come, and not more often than asked for when there are none to publish', () => {
    schedule.isDue('5');
    expect(schedule.pauseMs(10)).toBe(250);
    schedule.isDue('5');
    expect(schedule.pauseMs(10)).toBe(250);
    schedule.isDue('6');
    expect(schedule.pauseMs(10)).toBe(990);
    schedule.isDue('7');
    schedule.found();
    expect(schedule.pauseMs(10)).toBe(500);
  });

  it.each([
    [300, 600],
    [800, 400],
    [5_000, 1_000],
  ])('are looked for after a break when an answer took %i ms', (took, pause) => {
    schedule.isDue('5');
    schedule.found();
    expect(schedule.pauseMs(took)).toBe(pause);
  });
});
