import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../attribute/value.js';
import { FlowSource } from './flow-source.js';
import type { ScopeOperator } from './model.js';
import { compileClause } from './scope-clause.js';
import { ScopeFilter } from './scope-filter.js';

function source(attributes: Record<string, AttributeValue>, groups: readonly string[] = []): FlowSource {
  const object = {
    id: 'x',
    attributes,
    imported: attributes,
    parameters: new Map([
      ['Connector.ID', 'id-1'],
      ['NoGroup', ''],
    ]),
    dnOf: () => undefined,
    isMember: (dn: string) => groups.includes(dn),
  };
  return new FlowSource(object, { now: new Date(0), random: () => 0, newId: () => '' });
}

describe('scope operators', () => {
  it.each<[AttributeValue | undefined, ScopeOperator, string, boolean]>([
    ['Lab', 'EQUAL', 'lab', true],
    ['Lab', 'NOTEQUAL', 'lab', false],
    [undefined, 'EQUAL', 'True', false],
    [undefined, 'NOTEQUAL', 'True', true],
    [false, 'NOTEQUAL', 'TRUE', true],
    [true, 'EQUAL', 'TRUE', true],
    [50000n, 'LESSTHAN', '50000', false],
    [9n, 'LESSTHAN', '50000', true],
    [50000n, 'LESSTHAN_OR_EQUAL', '50000', true],
    [10n, 'GREATERTHAN', '9', true],
    [10n, 'GREATERTHAN_OR_EQUAL', '11', false],
    [undefined, 'LESSTHAN', '1', false],
    ['b', 'GREATERTHAN', 'a', true],
    ['User_x', 'STARTSWITH', 'user_', true],
    ['User_x', 'NOTSTARTSWITH', 'User_', false],
    [undefined, 'NOTSTARTSWITH', 'User_', true],
    ['a@lab.test', 'ENDSWITH', '@LAB.test', true],
    ['a@lab.test', 'NOTENDSWITH', '@lab.test', false],
    ['abc', 'CONTAINS', 'B', true],
    [undefined, 'NOTCONTAINS', 'b', true],
    [undefined, 'ISNULL', '', true],
    ['', 'ISNOTNULL', '', true],
    [['a', 'b'], 'ISIN', 'B', true],
    [['a', 'b'], 'ISNOTIN', 'c', true],
    [undefined, 'ISNOTIN', 'c', true],
    [514n, 'ISBITSET', '2', true],
    [512n, 'ISBITNOTSET', '2', true],
    [-2147483646n, 'ISBITSET', '0x80000000', true],
    [undefined, 'ISBITNOTSET', '2', true],
    [undefined, 'ISBITSET', '2', false],
    ['id-1', 'EQUAL', '%Connector.ID%', true],
  ])('%s %s "%s" is %s', (value, operator, wanted, result) => {
    const test = compileClause({ attribute: 'a', operator, value: wanted });
    expect(test(source(value === undefined ? {} : { a: value }))).toBe(result);
  });

  it('asks for direct membership, and an empty group means no filter', () => {
    const member = compileClause({ attribute: '', operator: 'ISMEMBEROF', value: 'CN=Pilot' });
    expect([member(source({}, ['CN=Pilot'])), member(source({}))]).toEqual([true, false]);
    expect(compileClause({ attribute: '', operator: 'ISNOTMEMBEROF', value: 'CN=Pilot' })(source({}))).toBe(true);
    expect(compileClause({ attribute: '', operator: 'ISMEMBEROF', value: '%NoGroup%' })(source({}))).toBe(true);
  });

  it('joins clauses by AND and groups by OR, and names the first failing clause of each group', () => {
    const filter = new ScopeFilter([
      [
        { attribute: 'department', operator: 'EQUAL', value: 'Lab' },
        { attribute: 'c', operator: 'EQUAL', value: 'NO' },
      ],
      [{ attribute: 'c', operator: 'EQUAL', value: 'IS' }],
    ]);
    expect(filter.holds(source({ department: 'Lab', c: 'IS' }))).toBe(true);
    expect(filter.failures(source({ department: 'Lab', c: 'SE' }))).toMatchObject([
      { attribute: 'c', value: 'NO' },
      { attribute: 'c', value: 'IS' },
    ]);
    expect(new ScopeFilter([]).holds(source({}))).toBe(true);
  });
});
