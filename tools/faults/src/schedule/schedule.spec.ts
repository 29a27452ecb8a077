import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFault, FAULT_KINDS } from './fault.js';
import { Random } from './random.js';
import { scheduleOf } from './schedule.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('the schedule of a seed', () => {
  it('is the same each time it is made', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(scheduleOf(seed, { durationMs: 60_000 })).toEqual(scheduleOf(seed, { durationMs: 60_000 }));
      }),
    );
  });

  it('of a longer time begins with that of a shorter one', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const short = scheduleOf(seed, { durationMs: 30_000 }).faults;
        expect(scheduleOf(seed, { durationMs: 90_000 }).faults.slice(0, short.length)).toEqual(short);
      }),
    );
  });

  it('differs from that of another seed', () => {
    const texts = Array.from({ length: 200 }, (_, seed) =>
      JSON.stringify(scheduleOf(seed, { durationMs: 60_000 }).faults),
    );
    expect(new Set(texts).size).toBe(200);
  });

  it('lies in its time, in order, with pauses between', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 5000, max: 300_000 }), (seed, durationMs) => {
        const times = scheduleOf(seed, { durationMs }).faults.map(({ atMs }) => atMs);
        expect(times.length).toBeGreaterThan(0);
        expect(times.every((at) => at < durationMs)).toBe(true);
        times.slice(1).forEach((at, index) => expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(2500));
      }),
    );
  });

  it('has every kind once before one comes again', () => {
    const kinds = scheduleOf(7, { durationMs: 200_000 }).faults.map(({ fault }) => fault.kind);
    expect(new Set(kinds.slice(0, FAULT_KINDS.length)).size).toBe(FAULT_KINDS.length);
  });

  it('reaches every kind, process and trouble within a hundred seeds', () => {
    const lines = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed, { durationMs: 90_000 }).faults).flat();
    const reached = new Set(lines.map(({ fault }) => describeFault(fault).split(' ').slice(0, 2).join(' ')));
    for (const one of [
      'kill process=kafka',
      'pause process=entra-simulator',
      'graph trouble=lost-answers',
      'clock process=all',
    ])
      expect(reached).toContain(one);
  });

  it('may be of one kind only', () => {
    const { faults } = scheduleOf(3, { durationMs: 60_000, kinds: ['step-down'] });
    expect(new Set(faults.map(({ fault }) => fault.kind))).toEqual(new Set(['step-down']));
  });
});

describe('random numbers', () => {
  it('stay in their range and reach both ends', () => {
    const random = new Random(1);
    const drawn = Array.from({ length: 500 }, () => random.integer(3, 6));
    expect(new Set(drawn)).toEqual(new Set([3, 4, 5, 6]));
  });

  it('of a fork move nothing in the generator they come from', () => {
    const [one, other] = [new Random(5), new Random(5)];
    const fork = one.fork();
    other.fork();
    for (let n = 0; n < 10; n++) fork.next();
    expect(one.next()).toBe(other.next());
  });
});
