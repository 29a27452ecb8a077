import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itFails, itGives, valueOf } from '../../../test/expression-table.js';

describe('math functions', () => {
  itGives([
    ['BitAnd(&H2D, &H1B)', 9],
    ['BitAnd(-2147483646, -2147483648)', -2147483648],
    ['BitAnd(-2147483646, &H80000000)', 2147483648],
    ['BitAnd(2147483648, &H21C07000) > 0', false],
    ['BitAnd(536870912, &H21C07000) > 0', true],
    ['BitOr(&H2D, &H12)', 63],
    ['BitOr(&H80000000, 1)', 2147483649],
    ['BitAnd([v], 1)', [1, 0, 1], { v: [1, 2, 3] }],
    ['RandomNum(10,12)', 11],
    ['Random(10,12)', 11],
    ['RandomNum(5,5)', 5],
  ]);
  itFails([
    ['BitAnd([no], 1)', 'argument-type', '[no]'],
    ['BitOr(1, NULL)', 'argument-type', 'NULL'],
    ['BitAnd("1", 1)', 'argument-type', '"1"'],
    ['RandomNum(2,1)', 'evaluation', '2'],
  ]);

  it('bit operations agree with 64-bit two’s complement', () => {
    const word = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const attributes = { a: { $int: String(a) }, b: { $int: String(b) } };
        const number = (json: unknown): bigint => BigInt((json as { $int?: string }).$int ?? (json as number));
        expect(number(valueOf('BitAnd([a],[b])', { attributes }))).toBe(BigInt.asIntN(64, a & b));
        expect(number(valueOf('BitOr([a],[b])', { attributes }))).toBe(BigInt.asIntN(64, a | b));
      }),
    );
  });
});
