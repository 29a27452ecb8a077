import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryOperator, Expression } from './ast.js';
import { operatorLevels } from './ast.js';
import { parseExpression } from './expression.js';
import { parseSyntax } from './parser.js';
import { printExpression } from './print.js';
import { itFails, itGives } from '../../test/expression-table.js';

const at = { start: 0, end: 0 };

/** The tree without places, for comparison. */
function shape(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      key === 'start' || key === 'end' || key === 'nameSpan'
        ? undefined
        : typeof value === 'bigint'
          ? `${value}n`
          : value,
    ),
  );
}

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const { tree } = fc.letrec<{ tree: Expression; leaf: Expression }>((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: 'binary' }).map((value): Expression => ({ kind: 'string', value, ...at })),
    fc
      .string({ unit: fc.constantFrom('\\', '"', 'n', 'a') })
      .map((value): Expression => ({ kind: 'string', value, ...at })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value): Expression => ({ kind: 'number', value, hex: false, ...at })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value): Expression => ({ kind: 'number', value, hex: true, ...at })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value, ...at })),
    fc.constantFrom<Expression>(
      { kind: 'null', ...at },
      { kind: 'crlf', ...at },
      { kind: 'special', name: 'IgnoreThisFlow', ...at },
      { kind: 'constant', name: 'UTF8', ...at },
      { kind: 'attribute', name: 'ms-DS-ConsistencyGuid', ...at },
      { kind: 'parameter', name: 'Domain.FQDN', ...at },
      { kind: 'variable', name: 'x', ...at },
    ),
  ),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    tie('tree').map((operand): Expression => ({ kind: 'negate', operand, ...at })),
    fc
      .tuple(fc.constantFrom<BinaryOperator>(...operatorLevels.flat()), tie('tree'), tie('tree'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, ...at })),
    fc
      .tuple(name, fc.array(tie('tree'), { maxLength: 3 }))
      .map(([called, args]): Expression => ({ kind: 'call', name: called, nameSpan: at, args, ...at })),
  ),
}));

describe('reading and writing expressions', () => {
  it('a tree that is printed and read again is the same tree', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const { ast, errors } = parseSyntax(printExpression(node));
        expect(errors).toEqual([]);
        expect(shape(ast)).toEqual(shape(node));
      }),
      { numRuns: 500 },
    );
  });

  const piece = fc.constantFrom(
    ...[
      '[a]',
      '%P.x%',
      '$v',
      '"t"',
      '"',
      '\\',
      '(',
      ')',
      ',',
      '-',
      '&',
      '&&',
      '&H1F',
      '=',
      '<>',
      'IIF(',
      'Left(',
      'NULL',
      'x',
      '1',
      ' ',
      '\n',
      '[',
      '%',
      '$',
      '“',
      '😀',
    ],
  );
  it('any text is read without a crash, and its findings lie inside it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const { ast, errors } = parseExpression(input);
        for (const { start, end } of errors) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(input.length);
        }
        if (errors.length === 0) expect(shape(parseExpression(printExpression(ast)).ast)).toEqual(shape(ast));
        else expect(typeof printExpression(ast)).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  it('huge and deep texts end in a finding instead of exhausting the stack', () => {
    const size = 50_000;
    for (const text of [
      '('.repeat(size),
      '-('.repeat(size),
      'Left('.repeat(size),
      `1${'+1'.repeat(size)}`,
      `1${'=1+1||1'.repeat(size)}`,
      '"'.repeat(size + 1),
      '['.repeat(size),
      '%'.repeat(size),
      '9'.repeat(size),
    ]) {
      const { ast, errors } = parseExpression(text);
      expect(errors.length).toBeGreaterThan(0);
      expect(typeof printExpression(ast)).toBe('string');
    }
  });

  it('an editor gets the tree of the part that can be read', () => {
    const { ast, errors } = parseExpression('IIF([a] = , Trim([b]), )');
    expect(errors.map(({ start, code }) => [start, code])).toEqual([
      [10, 'syntax'],
      [23, 'syntax'],
    ]);
    expect(ast).toMatchObject({
      kind: 'call',
      name: 'IIF',
      args: [{ kind: 'binary' }, { kind: 'call', name: 'Trim' }, { kind: 'invalid' }],
    });
  });
});

describe('literals and words', () => {
  itGives([
    ['"a""b"', 'a"b'],
    ['"a\\"b"', 'a"b'],
    ['"\\\\0ACNF:"', '\\0ACNF:'],
    ['"a\\nb"', 'a\\nb'],
    ['""', ''],
    ['448', 448],
    ['-2147483648', -2147483648],
    ['-9223372036854775808', { $int: '-9223372036854775808' }],
    ['9007199254740993', { $int: '9007199254740993' }],
    ['&HFF', 255],
    ['&hff', 255],
    ['&H80000000', 2147483648],
    ['&HFFFFFFFFFFFFFFFF', -1],
    ['True', true],
    ['NULL', null],
    ['CRLF', '\r\n'],
    [' 1 \n + \t 2 ', 3],
    ['[msDS-x.y_1]', 'q', { 'msDS-x.y_1': 'q' }],
  ]);
  itFails([
    ['', 'syntax'],
    ['1 +', 'syntax'],
    ['1 2', 'syntax', '2'],
    ['Left("a",1', 'syntax', '('],
    ['"a', 'syntax', '"a'],
    ['“a”', 'syntax', '“'],
    ['mail', 'syntax', 'mail'],
    ['true', 'syntax', 'true'],
    ['[a b]', 'syntax'],
    ['9223372036854775808', 'syntax', '9223372036854775808'],
    ['&H1FFFFFFFFFFFFFFFF', 'syntax'],
    ['1.5', 'syntax'],
    ['Left("a",)', 'syntax', ')'],
    ['Left("a" 1)', 'syntax', '1'],
    ['left("a" 1)', 'syntax', '1'],
    ['IIF([a] And True,1,2)', 'syntax', 'And'],
    ['(1', 'syntax', '('],
    ['1)', 'syntax', ')'],
    ['iif(True,1,2)', 'unknown-function', 'iif'],
    ['Foo(1)', 'unknown-function', 'Foo'],
    ['%Nowhere%', 'unknown-parameter', '%Nowhere%'],
  ]);
});
