import { describe, expect, it } from 'vitest';
import { parseOptions, usageText } from './options.js';

const known = {
  built: [
    { name: 'engine', does: 'the engine alone' },
    { name: 'pipeline', does: 'the whole' },
  ],
  notBuilt: [{ name: 'edges', does: 'many members' }],
};

describe('the options of the bench', () => {
  it('have defaults', () => {
    expect(parseOptions(['engine'], known)).toEqual({
      names: ['engine'],
      json: false,
      profile: false,
      runs: undefined,
      users: undefined,
      groups: undefined,
      members: undefined,
      scale: undefined,
      changes: undefined,
      sizes: undefined,
      seconds: undefined,
      seed: undefined,
      slot: 0,
    });
  });

  it('are read from the command line, names in their order and once', () => {
    const args = 'pipeline engine pipeline --runs 5 --users 100 --groups 0 --sizes 100,200 --slot 8 --json --profile';
    expect(parseOptions(args.split(' '), known)).toMatchObject({
      names: ['pipeline', 'engine'],
      runs: 5,
      users: 100,
      groups: 0,
      sizes: [100, 200],
      slot: 8,
      json: true,
      profile: true,
    });
  });

  it('may ask for help without a name', () => {
    expect(parseOptions(['--help'], known)).toBeUndefined();
  });

  it.each([
    ['no name', [], /Name at least one bench/],
    ['an unknown bench', ['engin'], /There is no bench "engin"/],
    ['a bench that is not built', ['edges'], /"edges" is not built yet/],
    ['an unknown option', ['engine', '--fast'], /--fast/],
    ['no runs at all', ['engine', '--runs', '0'], /--runs takes a number from 1, not "0"/],
    ['a size that is no number', ['engine', '--sizes', '100,many'], /--sizes takes a number from 1, not "many"/],
  ])('are refused with the usage: %s', (_case, args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
    expect(() => parseOptions(args, known)).toThrow(/usage: npm run bench/);
  });

  it('and the help says what exists and what does not', () => {
    expect(usageText(known)).toMatch(/ {2}engine .*\n.*not built yet:\n {2}edges/s);
  });
});
