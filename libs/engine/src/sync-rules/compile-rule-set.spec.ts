import { describe, expect, it } from 'vitest';
import {
  clause,
  connector,
  constant,
  direct,
  expression,
  importUser,
  inbound,
  on,
  outbound,
  planOf,
  spaceOf,
} from '../testing/rule-builders.js';
import { canonicalRuleSet } from './canonical-rule-set.js';
import { compileRuleSet } from './compile-rule-set.js';
import { joinKey } from './join-key.js';
import type { RuleSet } from './model.js';

const connectors = [connector('corp', 1), connector('entra', 2)];

describe('compileRuleSet', () => {
  it('reports every problem of every rule with its place', () => {
    const ruleSet: RuleSet = {
      connectors,
      metaverse: { person: { flag: { type: 'boolean', multiValued: false } } },
      rules: [
        inbound({
          name: 'A',
          precedence: 1,
          flows: [expression('x', 'Trim('), constant('flag', 'maybe'), direct('constructor')],
        }),
        inbound({ name: 'B', precedence: 1, connector: 'nowhere' }),
        outbound({
          name: 'C',
          precedence: 3,
          scope: [[clause('a', 'ISMEMBEROF', 'CN=g')], [clause('a', 'EQUAL', '%Nope%')]],
        }),
        inbound({ name: 'D', precedence: 4, linkType: 'Provision', targetType: '*' }),
      ],
    };
    const result = compileRuleSet(ruleSet);
    expect(result.ok).toBe(false);
    expect([...new Set(result.problems.map(({ rule, field }) => `${rule} ${field}`))].sort()).toEqual([
      'A flows[0].expression',
      'A flows[1].value',
      'A flows[2].from',
      'A flows[2].to',
      'B connector',
      'B precedence',
      'C scope[0][0]',
      'C scope[1][0]',
      'D targetType',
    ]);
    expect(result.problems.find(({ field }) => field === 'flows[0].expression')?.end).toBeGreaterThan(0);
  });

  it('refuses ImportedValue in outbound rules, whose source nobody imports', () => {
    const flows = [expression('x', 'ImportedValue("a")')];
    const result = compileRuleSet({
      connectors,
      rules: [inbound({ name: 'A', flows }), outbound({ name: 'B', flows })],
    });
    expect(result.problems).toEqual([
      { rule: 'B', field: 'flows[0].expression', message: expect.stringContaining('inbound rules') },
    ]);
  });

  it('compiles a broken flow into an error of each object when that is allowed', () => {
    const rule = inbound({
      name: 'A',
      linkType: 'Provision',
      join: [[on('anchor')]],
      flows: [direct('anchor'), expression('x', 'Nope([a])')],
    });
    const space = spaceOf([rule], { allowInvalid: true });
    importUser(space, 'kim');
    space.sync();
    expect([...space.errors.values()]).toMatchObject([{ code: 'invalid-rule', rule: 'A', attribute: 'x' }]);
  });

  it('lists what rules read and write of each type', () => {
    const plan = planOf([
      inbound({
        scope: [[clause('c', 'EQUAL', 'x'), clause('', 'ISMEMBEROF', 'g')]],
        join: [[on('j', 'k')]],
        flows: [direct('to', 'from'), expression('x', 'Trim([a]) & ImportedValue("b") & [dn]')],
      }),
      outbound({ flows: [direct('target', 'mvAttribute'), expression('dn', '"CN=" & [mvAttribute]')] }),
    ]);
    expect(plan.inclusion('corp')).toEqual({ user: ['a', 'b', 'c', 'from', 'j'] });
    expect(plan.inclusion('entra')).toEqual({ user: ['target'] });
    expect([...plan.readsImported('corp', 'user')]).toEqual(['b']);
  });

  it('gives the join keys of both sides', () => {
    const plan = planOf([inbound({ join: [[on('mail', 'address')]] }), outbound({ join: [[on('anchor', 'id')]] })]);
    const mv = {
      id: 'm',
      type: 'person',
      attributes: { address: ['A@x', 'b@x'], id: 7n },
      lineage: {},
      links: [],
      waitsFor: [],
    };
    expect(plan.mvJoinKeys(mv)).toEqual([joinKey('address', 'a@X'), joinKey('address', 'b@x'), joinKey('id', 7n)]);
    const cs = {
      id: 'c',
      connector: 'corp',
      type: 'user',
      dn: 'CN=c',
      state: 'imported',
      imported: { mail: 'A@x' },
      importedDelete: false,
      rules: [],
    } as const;
    expect(plan.csWants(cs)).toEqual([joinKey('address', 'a@x')]);
    expect(plan.csJoinKeys({ ...cs, connector: 'entra', imported: { anchor: 'q' } })).toEqual([joinKey('anchor', 'q')]);
    expect(plan.csWants({ ...cs, link: { mv: 'm', action: 'join', rule: 'r' } })).toEqual([]);
  });

  it('names the flows of multi-valued references', () => {
    const metaverse = { group: { member: { type: 'reference', multiValued: true } } } as const;
    const plan = planOf(
      [
        inbound({ name: 'I', sourceType: 'group', targetType: 'group', flows: [direct('member')] }),
        outbound({
          name: 'O',
          sourceType: 'group',
          targetType: 'group',
          flows: [direct('members', 'member'), direct('cn')],
        }),
      ],
      { metaverse },
    );
    expect(plan.referenceFlows).toMatchObject([
      { direction: 'inbound', rule: 'I', connector: 'corp', csAttribute: 'member', mvAttribute: 'member' },
      { direction: 'outbound', rule: 'O', connector: 'entra', csAttribute: 'members', mvAttribute: 'member' },
    ]);
  });

  it('never puts a disabled rule in scope', () => {
    const space = spaceOf([inbound({ linkType: 'Provision', join: [[on('anchor')]], disabled: true })]);
    importUser(space, 'kim');
    space.sync();
    expect(space.metaverse()).toEqual([]);
  });

  it('contributes nothing by a JoinNoFlow rule', () => {
    const rule = inbound({
      name: 'A',
      linkType: 'Provision',
      precedence: 1,
      join: [[on('anchor')]],
      flows: [direct('anchor')],
    });
    const space = spaceOf([
      rule,
      inbound({ linkType: 'JoinNoFlow', connector: 'sales', join: [[on('anchor')]], flows: [direct('title')] }),
    ]);
    importUser(space, 'kim');
    importUser(space, 'kim', { title: 'Dr' }, 'sales');
    space.sync();
    expect(space.metaverse()).toMatchObject([
      { attributes: { anchor: 'kim' }, links: [{ connector: 'corp' }, { connector: 'sales' }] },
    ]);
  });
});

describe('canonicalRuleSet', () => {
  const rule = inbound({ name: 'A', precedence: 1, flows: [expression('x', 'IIF([a b] = "1  2", Trim([c]), NULL)')] });
  const of = (text: string, extra = {}) =>
    canonicalRuleSet({ connectors, rules: [{ ...rule, ...extra, flows: [expression('x', text)] }] });

  it('ignores white space between tokens, names and descriptions', () => {
    const reference = of('IIF([a b] = "1  2", Trim([c]), NULL)');
    expect(of('IIF(\r\n\t[a b]="1  2",Trim( [c] ),\n NULL )', { name: 'B', description: 'why' })).toBe(reference);
  });

  it('notices white space inside of text and every other change', () => {
    const reference = of('IIF([a b] = "1  2", Trim([c]), NULL)');
    expect(of('IIF([a b] = "1 2", Trim([c]), NULL)')).not.toBe(reference);
    expect(of('IIF([a b] = "1  2", Trim([c]), NULL)', { precedence: 2 })).not.toBe(reference);
  });
});
