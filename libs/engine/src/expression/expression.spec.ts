import { describe, expect, it } from 'vitest';
import type { EvalContext } from './context.js';
import { checkExpression } from './check.js';
import { compileExpression, parseExpression, type CompiledExpression } from './expression.js';
import { evaluateJson } from './evaluate-json.js';
import { functionCatalogue } from './function-table.js';
import { EvalTrace } from './trace.js';
import type { Attributes } from '../attribute/value.js';
import type { ValueType } from './value-type.js';

function compiled(text: string): CompiledExpression {
  const result = compileExpression(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.expression;
}

function contextOf(attributes: Attributes): EvalContext {
  return {
    get: (name) => attributes[name],
    getImported: () => undefined,
    parameter: () => undefined,
    now: new Date(0),
    random: () => 0,
    newGuid: () => '',
  };
}

describe('compiled expressions', () => {
  it('tell what they read', () => {
    const expression = compiled(
      'IIF([a] = %P.x%, ImportedValue("b"), With($v, [c], $v & [a])) & CStr(ValueCount("member"))',
    );
    expect(expression.attributes).toEqual(['a', 'c', 'member']);
    expect(expression.imported).toEqual(['b']);
    expect(expression.parameters).toEqual(['P.x']);
    expect(expression.usesClock).toBe(false);
    expect(compiled('CertNotAfter([c]) > Now()').usesClock).toBe(true);
  });

  it('give flow results', () => {
    const context = contextOf({ a: 'x' });
    expect(compiled('[a]').evaluate(context)).toEqual({ kind: 'value', value: 'x' });
    expect(compiled('[b]').evaluate(context)).toEqual({ kind: 'null' });
    expect(compiled('IgnoreThisFlow').evaluate(context)).toEqual({ kind: 'ignore' });
    expect(compiled('AuthoritativeNull').evaluate(context)).toEqual({ kind: 'authoritative-null' });
    expect(compiled('CRef("CN=A")').evaluate(context)).toEqual({
      kind: 'value',
      value: { ref: 'dn:CN=A', dn: 'CN=A' },
    });
    expect(() => compiled('Now()').evaluate(context)).toThrow(/FormatDateTime/);
  });

  it('carry the text of Error as its own code', () => {
    const expression = compiled('IIF(IsPresent([a]),Error("no " & [a]),1)');
    expect(() => expression.evaluate(contextOf({ a: 'mail' }))).toThrow(
      expect.objectContaining({ code: 'error-function', message: 'no mail', start: 19, end: 37 }),
    );
  });

  it('compute lazily: a value that is not chosen is never read', () => {
    const read: string[] = [];
    const context = { ...contextOf({ a: 1n }), get: (name: string) => (read.push(name), 1n) };
    compiled('IIF([a] = 1 || [b] = 1, [c], [d])').evaluate(context);
    expect(read).toEqual(['a', 'c']);
  });

  it('keep no state between objects', () => {
    const expression = compiled('With($v,[a],$v & $v)');
    expect(expression.evaluate(contextOf({ a: ['1', '2'] }))).toEqual({ kind: 'value', value: ['11', '22'] });
    expect(expression.evaluate(contextOf({ a: '3' }))).toEqual({ kind: 'value', value: '33' });
    expect(expression.evaluate(contextOf({}))).toEqual({ kind: 'value', value: '' });
  });

  it('explain every sub-expression that was needed', () => {
    const text = 'IIF([a] = "x", Trim([b]), [c])';
    const trace = new EvalTrace();
    compiled(text).evaluate(contextOf({ a: 'x', b: ' y ' }), trace);
    expect(
      trace.steps.map(({ start, end, value }) => [text.slice(start, end), 'value' in value ? value.value : value.kind]),
    ).toEqual([
      ['[a]', 'x'],
      ['"x"', 'x'],
      ['[a] = "x"', true],
      ['[b]', ' y '],
      ['Trim([b])', 'y'],
      [text, 'y'],
    ]);
  });

  it('explain where an evaluation failed', () => {
    const trace = new EvalTrace();
    expect(() => compiled('"a" & CStr(CNum("x"))').evaluate(contextOf({}), trace)).toThrow();
    expect(trace.steps.at(-1)).toMatchObject({ start: 0, value: { kind: 'error', code: 'evaluation' } });
  });
});

describe('static checks', () => {
  const attributes = new Map<string, ValueType>([
    ['mail', 'str'],
    ['proxyAddresses', 'mvstr'],
    ['userAccountControl', 'num'],
    ['objectGUID', 'bin'],
    ['member', 'mvref'],
    ['manager', 'ref'],
    ['userCertificate', 'mvbin'],
  ]);
  const check = (text: string): readonly string[] =>
    checkExpression(parseExpression(text).ast, { attributes, parameters: new Set(['Domain.FQDN']) }).map(
      ({ code, start, end }) => `${code} ${text.slice(start, end)}`,
    );

  it.each([
    ['Trim([mial])', ['unknown-attribute [mial]']],
    ['ValueCount("mial")', ['unknown-attribute "mial"']],
    ['%Domain.Fqdn%', ['unknown-parameter %Domain.Fqdn%']],
    ['%ADS_UF_ACCOUNTDISABLE%', []],
    ['Trim([userAccountControl])', ['argument-type [userAccountControl]']],
    ['Count([mail])', ['argument-type [mail]']],
    ['Left([mail],"3")', ['argument-type "3"']],
    ['BitAnd("x",1)', ['argument-type "x"']],
    ['IIF("x",1,2)', ['argument-type "x"']],
    ['Contains([userCertificate],"x")', ['argument-type [userCertificate]']],
    ['Trim([proxyAddresses])', []],
    ['RemoveDuplicates(Trim([proxyAddresses]))', []],
    ['Contains([member],"CN=a")', []],
    ['DNComponent([manager],1)', []],
    ['StringFromGuid([objectGUID]) & [mail]', []],
    ['Where($c,[userCertificate],IsCert($c))', []],
    ['Contains([proxyAddresses],"x",CaseInsensitive)', []],
  ])('%s', (text, findings) => {
    expect(check(text)).toEqual(findings);
  });

  it('make compilation fail when a schema is given', () => {
    expect(compileExpression('Trim([mial])', { attributes })).toMatchObject({
      ok: false,
      errors: [{ code: 'unknown-attribute' }],
    });
  });
});

describe('the function catalogue', () => {
  it('lists the 85 documented and 4 undocumented functions once', () => {
    const catalogue = functionCatalogue();
    expect(catalogue.filter((entry) => entry.undocumented !== true)).toHaveLength(85);
    expect(
      catalogue
        .filter((entry) => entry.undocumented)
        .map((entry) => entry.name)
        .sort(),
    ).toEqual(['CBin', 'ImportedValue', 'Thumbprint', 'ValueCount']);
    expect(new Set(catalogue.map((entry) => entry.name)).size).toBe(89);
  });

  it('shows signatures as the reference does', () => {
    const signatures = new Map(functionCatalogue().map((entry) => [entry.name, entry.signature]));
    expect(signatures.get('IIF')).toBe('var IIF(exp condition, var valueIfTrue, var valueIfFalse)');
    expect(signatures.get('Contains')).toBe('num Contains(mvstr|mvref attribute, str search, [enum Casetype])');
    expect(signatures.get('IsString')).toBe('bool IsString(var Expression)');
  });
});

describe('requests of the command line', () => {
  const ambient = { now: new Date(0), random: () => 0, newGuid: () => '' };
  it('that cannot be used are answered, not thrown', () => {
    for (const request of [
      null,
      5,
      {},
      { expression: 1 },
      { expression: '1', attributes: [] },
      { expression: '1', now: 'soon' },
    ]) {
      expect(evaluateJson(request, ambient)).toMatchObject({ error: { code: 'evaluation' } });
    }
    for (const bad of [1.5, {}, { $binary: '?' }, { $guid: 'x' }, [[1]], { $int: '99999999999999999999' }]) {
      const request = { expression: '[a]', attributes: { a: bad } };
      expect(evaluateJson(request, ambient)).toMatchObject({
        error: { message: expect.stringContaining('"a"') as string },
      });
    }
  });

  it('fix the time', () => {
    expect(evaluateJson({ expression: 'Now()', now: '2026-01-01T00:00:00Z' }, ambient)).toEqual({
      value: '2026-01-01T00:00:00Z',
      type: 'dt',
    });
  });
});
