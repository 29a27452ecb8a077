import { describe, expect, it } from 'vitest';
import { functionCatalogue } from '@adjoin/engine';
import { runCli } from '../testing/run-cli.js';

const answer = async (input: string): Promise<unknown> => {
  const { out, exit } = await runCli(['expression', 'eval', '--json'], { input });
  expect(exit).toBe(0);
  return JSON.parse(out) as unknown;
};
const of = (a: string): string => `{"expression": "[a]", "attributes": {"a": ${a}}}`;

describe('adjoin expression eval', () => {
  it.each([
    ['9007199254740993', { value: { $int: '9007199254740993' }, type: 'num' }],
    ['-9223372036854775808', { value: { $int: '-9223372036854775808' }, type: 'num' }],
    ['{"$int": 9223372036854775807}', { value: { $int: '9223372036854775807' }, type: 'num' }],
    ['[9007199254740993]', { value: [{ $int: '9007199254740993' }], type: expect.any(String) as string }],
    ['42', { value: 42, type: 'num' }],
    ['[]', { value: null, type: 'null' }],
  ])('keeps the whole number in %s as it is written', async (written, expected) => {
    expect(await answer(of(written))).toEqual(expected);
  });

  it.each(['9223372036854775808', '1e400', '0.5', '{"$int": "x"}'])('refuses the value %s alone', async (written) => {
    expect(await answer(`[${of(written)}, ${of('1')}]`)).toMatchObject([
      { error: { code: 'evaluation' } },
      { value: 1 },
    ]);
  });

  it('passes over a byte order mark', async () => {
    expect(await answer(`\uFEFF${of('1')}`)).toEqual({ value: 1, type: 'num' });
  });

  it.each(['', '{', '[1,]', '{"expression": "1"} x'])('ends with 2 for %j, which is not JSON', async (input) => {
    const { exit, out, err } = await runCli(['expression', 'eval'], { input });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain('ADJ-CLI-6002');
  });

  it('says of an expression that is too deep just that', async () => {
    const deep = `${'UCase('.repeat(300)}"a"${')'.repeat(300)}`;
    const { error } = (await answer(JSON.stringify({ expression: deep }))) as {
      error: { code: string; message: string };
    };
    expect(error).toMatchObject({ code: 'syntax', message: expect.stringContaining('250 levels') as string });
  });
});

describe('adjoin expression functions', () => {
  it('lists every function with its signature', async () => {
    const { out, exit } = await runCli(['expression', 'functions', '--json']);
    expect(exit).toBe(0);
    const { functions } = JSON.parse(out) as { functions: { name: string }[] };
    expect(functions.map(({ name }) => name)).toEqual(functionCatalogue().map(({ name }) => name));
  });

  it('lists those that begin with a text, in any case, also by another spelling', async () => {
    expect((await runCli(['expression', 'functions', 'instr'])).out).toMatch(/num InStr\([^]*num InStrRev\(/);
    expect((await runCli(['expression', 'functions', 'Random'])).out).toContain('RandomNum');
    const { functions } = JSON.parse((await runCli(['expression', 'functions', 'Left', '--json'])).out) as {
      functions: unknown[];
    };
    expect(functions).toEqual([
      expect.objectContaining({
        name: 'Left',
        returns: 'str',
        parameters: [
          { name: 'string', types: ['str'], optional: false },
          { name: 'NumChars', types: ['num'], optional: false },
        ],
      }),
    ]);
  });

  it('suggests the nearest name when none begins so', async () => {
    const { exit, err } = await runCli(['expression', 'functions', 'UpCase']);
    expect(exit).toBe(2);
    expect(err).toContain('Did you mean');
  });
});
