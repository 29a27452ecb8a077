import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.js';

describe('the options of the demo', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({
      users: undefined,
      groups: undefined,
      forests: 1,
      exit: false,
      json: false,
      keep: false,
      yes: false,
      slot: 0,
    });
  });

  it('are read from the command line', () => {
    const args = ['--users', '1000', '--groups', '40', '--forests', '2', '--exit', '--json', '--keep', '--yes'];
    expect(parseOptions(args)).toMatchObject({
      users: 1000,
      groups: 40,
      forests: 2,
      exit: true,
      json: true,
      keep: true,
    });
  });

  it.each([[['--forests', '3']], [['--users', 'many']], [['--users', '5']], [['--colour']]])(
    'refuse %j with a code',
    (args) => {
      expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'ADJ-STK-4001' }));
    },
  );
});
