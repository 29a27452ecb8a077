import { describe, expect, it } from 'vitest';
import { parseClause, parseJoin } from './parse-clause.js';

describe('a scope clause', () => {
  it('is attribute, operator and the rest as value', () => {
    expect(parseClause('l EQUAL New York')).toEqual({
      ok: true,
      value: { attribute: 'l', operator: 'EQUAL', value: 'New York' },
    });
    expect(parseClause('mail ISNOTNULL')).toEqual({
      ok: true,
      value: { attribute: 'mail', operator: 'ISNOTNULL', value: '' },
    });
  });

  it('may use the other spellings of documents', () => {
    expect(parseClause('userAccountControl ISNOTBITSET 2')).toMatchObject({ value: { operator: 'ISBITNOTSET' } });
  });

  it('is refused when a value is missing or too much', () => {
    expect(parseClause('mail EQUAL')).toMatchObject({ ok: false });
    expect(parseClause('mail ISNULL x')).toMatchObject({ ok: false });
    expect(parseClause('mail EQUALS x')).toMatchObject({ ok: false, mistake: { suggestion: 'EQUAL', index: 5 } });
  });
});

describe('a join', () => {
  it('is one condition or several', () => {
    expect(parseJoin('sourceAnchor = sourceAnchor (case-sensitive)')).toEqual({
      ok: true,
      value: [{ csAttribute: 'sourceAnchor', mvAttribute: 'sourceAnchor', caseSensitive: true }],
    });
    expect(parseJoin('mail = mail and cn = displayName')).toMatchObject({
      ok: true,
      value: [{ csAttribute: 'mail' }, { csAttribute: 'cn', mvAttribute: 'displayName' }],
    });
    expect(parseJoin('mail')).toMatchObject({ ok: false });
  });
});
