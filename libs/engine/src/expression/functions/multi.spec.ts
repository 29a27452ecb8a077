import { describe, expect, it } from 'vitest';
import { compileExpression } from '../expression.js';
import { evaluate, itFails, itGives } from '../../../test/expression-table.js';

const proxyAddresses = ['x500:/o=a', 'SMTP:k@z.test'];

describe('multi-value functions', () => {
  itGives([
    ['Contains([proxyAddresses],"SMTP:")', 2, { proxyAddresses }],
    ['Contains([proxyAddresses],"smtp:")', 0, { proxyAddresses }],
    ['Contains([proxyAddresses],"smtp:",CaseInsensitive)', 2, { proxyAddresses }],
    ['Contains([proxyAddresses],"smtp:",CaseSensitive)', 0, { proxyAddresses }],
    ['Contains([no],"x")', 0],
    ['Contains([proxyAddresses],[no])', 0, { proxyAddresses }],
    ['Count([v])', 2, { v: ['a', 'b'] }],
    ['Count([v])', 1, { v: ['a'] }],
    ['Count([no])', 0],
    ['Count([c])', 2, { c: [{ $binary: 'AQ==' }, { $binary: 'Ag==' }] }],
    ['ValueCount("member")', 3, { member: ['CN=A', 'CN=B', 'CN=C'] }],
    ['ValueCount("member")', 0],
    ['Item([v],2)', 'b', { v: ['a', 'b'] }],
    ['ItemOrNull([v],3)', null, { v: ['a', 'b'] }],
    ['ItemOrNull([v],1)', 'a', { v: ['a', 'b'] }],
    ['ItemOrNull([no],1)', null],
    ['Join([v]," + ")', 'p + q', { v: ['p', 'q'] }],
    ['Join([v])', 'p q', { v: ['p', 'q'] }],
    ['Join([v],"")', 'pq', { v: ['p', 'q'] }],
    ['Join([no],",")', null],
    ['RemoveDuplicates([v])', ['a', 'A'], { v: ['a', 'A', 'a'] }],
    ['RemoveDuplicates([no])', null],
    ['Split("a;b;c",";",2)', ['a', 'b;c']],
    ['Split("a;b;c",";")', ['a', 'b', 'c']],
    ['Split("a;b;c",";",9)', ['a', 'b', 'c']],
    ['Split("abc",";")', ['abc']],
    ['Split([no],";")', null],
    ['Count(Split("a;b",";"))', 2],
  ]);
  itFails([
    ['Item([v],0)', 'evaluation', '0', { v: ['a', 'b'] }],
    ['Item([v],3)', 'evaluation', '3', { v: ['a', 'b'] }],
    ['Item([no],1)', 'evaluation'],
    ['Split("a","ab")', 'evaluation', '"ab"'],
    ['Count([single])', 'argument-type', '[single]', { single: 'a' }],
    ['Contains("abc","b")', 'argument-type', '"abc"'],
    ['Contains([v],"b",UTF8)', 'argument-type', 'UTF8', { v: ['b'] }],
    ['Contains([c],"b")', 'argument-type', '[c]', { c: [{ $binary: 'AQ==' }] }],
    ['Join([c],"b")', 'argument-type', '[c]', { c: [{ $binary: 'AQ==' }] }],
    ['ValueCount([member])', 'argument-type', '[member]'],
  ]);

  it('counts values that are not at hand', () => {
    const context = {
      get: () => undefined,
      getImported: () => undefined,
      count: (name: string) => (name === 'member' ? 70_000 : undefined),
      parameter: () => undefined,
      now: new Date(0),
      random: () => 0,
      newGuid: () => '',
    };
    const result = (text: string): unknown => {
      const compiled = compileExpression(text);
      return compiled.ok ? compiled.expression.evaluateValue(context) : compiled.errors;
    };
    expect(result('Count([member])')).toBe(70_000n);
    expect(result('ValueCount("member")')).toBe(70_000n);
    expect(result('IsPresent([member])')).toBe(true);
    expect(result('IsNullOrEmpty([member])')).toBe(false);
    expect(result('Count([other])')).toBe(0n);
  });

  it('names the type of a set', () => {
    expect(evaluate('Split("a;b",";")')).toMatchObject({ type: 'mvstr' });
    expect(evaluate('[c]', { attributes: { c: [{ $binary: 'AQ==' }] } })).toMatchObject({ type: 'mvbin' });
    expect(evaluate('RemoveDuplicates([n])', { attributes: { n: [1, 1] } })).toEqual({ value: [1], type: 'var' });
  });
});
