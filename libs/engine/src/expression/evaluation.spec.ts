import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../attribute/value.js';
import type { Expression } from './ast.js';
import { compileExpression } from './expression.js';
import { functionGroups } from './function-table.js';
import { printExpression } from './print.js';
import { ExpressionError } from './problem.js';
import { isSet } from './value-type.js';
import { valueOf } from '../../test/expression-table.js';

const at = { start: 0, end: 0 };
const attributes: Readonly<Record<string, AttributeValue>> = {
  text: 'Kim Lee',
  empty: '',
  number: 514n,
  flag: true,
  bytes: Uint8Array.of(1, 2, 3),
  ref: { ref: '7', dn: 'CN=Lee\\, Kim,OU=Lab,DC=z' },
  texts: ['SMTP:k@z.test', 'smtp:a@z.test', ''],
  refs: [{ ref: '1', dn: 'CN=a' }, { ref: '2' }],
  numbers: [1n, -(2n ** 63n)],
  blobs: [Uint8Array.of(0x30, 0x80), new Uint8Array()],
  mixed: ['a', 1n, false],
};
const context = {
  get: (name: string) => attributes[name],
  getImported: (name: string) => attributes[name],
  parameter: (name: string) => (name === 'P' ? 'p' : undefined),
  now: new Date('2026-01-01T00:00:00Z'),
  random: () => 0.25,
  newGuid: () => '00112233-4455-6677-8899-aabbccddeeff',
};

const definitions = [...functionGroups.values()].flat();
const text = (value: string): Expression => ({ kind: 'string', value, ...at });
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc
      .constantFrom(...Object.keys(attributes), 'absent')
      .map((name): Expression => ({ kind: 'attribute', name, ...at })),
    fc
      .constantFrom('', 'a', ' ', '@', '12', '2020-01-31', 'm', 'DC', 'UTF8', 'yyyy-MM-dd', 'a:b', 'SimpleName', 'text')
      .map(text),
    fc
      .constantFrom(-1n, 0n, 1n, 2n, 2n ** 63n - 1n)
      .map((value): Expression => ({ kind: 'number', value, hex: false, ...at })),
    fc.constantFrom<Expression>(
      { kind: 'null', ...at },
      { kind: 'boolean', value: true, ...at },
      { kind: 'variable', name: 'x', ...at },
      { kind: 'special', name: 'IgnoreThisFlow', ...at },
      { kind: 'parameter', name: 'P', ...at },
    ),
    fc
      .tuple(fc.constantFrom('+', '/', '&', '=', '<', '&&', '||' as const), tie('tree'), tie('tree'))
      .map(([operator, left, right]) => ({ kind: 'binary', operator, left, right, ...at }) as Expression),
    fc.constantFrom(...definitions).chain(({ name, form, parameters }) => {
      const count = parameters.length;
      const binds = form === 'with' || form === 'select' || form === 'where';
      const named = form === 'imported' || form === 'value-count';
      const first: fc.Arbitrary<Expression> = binds
        ? fc.constant<Expression>({ kind: 'variable', name: 'x', ...at })
        : named
          ? fc.constantFrom('texts', 'absent').map(text)
          : tie('tree');
      const args = count === 0 ? fc.constant([]) : fc.tuple(first, ...parameters.slice(1).map(() => tie('tree')));
      return args.map((list): Expression => ({ kind: 'call', name, nameSpan: at, args: list, ...at }));
    }),
  ),
}));

describe('evaluation', () => {
  it('of any expression gives a value or an error of the language with a place in the text', () => {
    fc.assert(
      fc.property(tree, (body) => {
        // A variable is known everywhere, so that most of the made expressions are valid.
        const source = `With($x, [texts], ${printExpression(body)})`;
        const compiled = compileExpression(source);
        if (!compiled.ok) throw new Error(`${source}: ${compiled.errors[0]?.message}`);
        try {
          const value = compiled.expression.evaluateValue(context);
          if (isSet(value)) expect(value.length).toBeGreaterThan(0);
          expect(value).not.toBeUndefined();
        } catch (error) {
          expect(error, source).toBeInstanceOf(ExpressionError);
          const { start, end } = error as ExpressionError;
          expect(0 <= start && start < end && end <= source.length).toBe(true);
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('of a scalar function on a set is its evaluation on each value', () => {
    const functions = fc.constantFrom(
      'Trim',
      'UCase',
      'Len',
      'PCase',
      'ConvertToUTF8Hex',
      'IsGuid',
      'CRef',
      'EscapeDNComponent',
    );
    fc.assert(
      fc.property(functions, fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (name, values) => {
        const each = values.map((a) => valueOf(`${name}([a])`, { attributes: { a } }));
        expect(valueOf(`${name}([a])`, { attributes: { a: values } })).toEqual(each);
      }),
    );
  });

  it('stops texts and sets that grow without end', () => {
    const doubled = Array.from({ length: 40 }).reduce<string>((inner) => `With($x,$x & $x,${inner})`, '$x');
    expect(() => valueOf(`With($x,"abc",${doubled})`)).toThrow(/longer than/);
    const numbers = Array.from({ length: 1001 }, (_, index) => index);
    expect(() => valueOf('[a] + [b]', { attributes: { a: numbers, b: numbers } })).toThrow(/more than/);
  });
});
