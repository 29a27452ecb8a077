import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.js';
import { soakSchedule } from './schedule/soak-schedule.js';

describe('the options of the fault suite', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toMatchObject({ seed: undefined, seeds: 3, minutes: 1, soak: undefined, plant: false });
  });

  it('are read from the command line', () => {
    const args = '--seed 7 --seeds 20 --minutes 0.5 --only kill,clock --slot 4 --users 300 --rate 2';
    expect(parseOptions(args.split(' '))).toMatchObject({
      seed: 7,
      seeds: 20,
      minutes: 0.5,
      kinds: ['kill', 'clock'],
      slot: 4,
      users: 300,
      rate: 2,
    });
  });

  it.each([
    ['an unknown option', ['--fast']],
    ['a kind that is none', ['--only', 'kill,earthquake']],
    ['a number that is none', ['--seeds', 'many']],
    ['no seed at all', ['--seeds', '0']],
  ])('are refused with the usage: %s', (_case, args) => {
    expect(() => parseOptions(args)).toThrow(/usage: npm run test:faults/);
  });
});

it('a soak restarts the domain controller five times, evenly', () => {
  const { faults } = soakSchedule(1, 600_000);
  expect(faults.map(({ atMs }) => atMs)).toEqual([60_000, 180_000, 300_000, 420_000, 540_000]);
  expect(faults.every(({ fault }) => fault.kind === 'restart' && fault.process === 'samba-corp')).toBe(true);
});
