import { describe, expect, it } from 'vitest';
import {
  basicRules,
  clause,
  constant,
  direct,
  expression,
  importUser,
  inbound,
  on,
  spaceOf,
} from '../testing/rule-builders.js';
import type { MergeType } from '../sync-rules/model.js';
import type { MemorySpace } from '../testing/memory-space.js';

const only = (space: MemorySpace) => {
  const [mv] = space.metaverse();
  if (mv === undefined) throw new Error('no metaverse object');
  return mv;
};
const provision = inbound({
  name: 'Join',
  linkType: 'Provision',
  precedence: 100,
  join: [[on('anchor')]],
  flows: [direct('anchor')],
});
const codes = (space: MemorySpace) => [...space.errors.values()].map(({ code }) => code);

describe('join and projection', () => {
  it('joins objects of two forests by the first group with exactly one match', () => {
    const groups = [[on('mail')], [on('anchor')]];
    const rules = [
      inbound({
        name: 'A',
        linkType: 'Provision',
        precedence: 1,
        join: groups,
        flows: [direct('anchor'), direct('mail')],
      }),
      inbound({
        name: 'B',
        connector: 'sales',
        linkType: 'Provision',
        precedence: 2,
        join: groups,
        flows: [direct('anchor'), direct('mail')],
      }),
    ];
    const space = spaceOf(rules);
    importUser(space, 'a1', { mail: 'same@x.test' });
    space.sync();
    space.importObject({
      connector: 'sales',
      type: 'user',
      anchor: 's1',
      dn: 'CN=s1',
      attributes: { anchor: 'zz', mail: 'SAME@x.test' },
    });
    space.sync();
    expect(space.metaverse()).toHaveLength(1);
    expect(only(space).links.map(({ connector }) => connector)).toEqual(['corp', 'sales']);
    expect(only(space).attributes).toMatchObject({ anchor: 'a1' });
  });

  it('respects upper and lower case when the condition says so', () => {
    const space = spaceOf([
      provision,
      inbound({ name: 'B', connector: 'sales', precedence: 2, join: [[on('anchor', 'anchor', true)]] }),
    ]);
    importUser(space, 'kim');
    space.importObject({ connector: 'sales', type: 'user', anchor: 's1', dn: 'CN=s1', attributes: { anchor: 'KIM' } });
    space.importObject({ connector: 'sales', type: 'user', anchor: 's2', dn: 'CN=s2', attributes: { anchor: 'kim' } });
    space.sync();
    expect(space.findByAnchor('sales', 's1')?.link).toBeUndefined();
    expect(space.findByAnchor('sales', 's2')?.link).toMatchObject({ action: 'join' });
  });

  it('needs every condition of a group, and matches any value of a multi-valued attribute', () => {
    const rule = inbound({
      name: 'B',
      connector: 'sales',
      precedence: 2,
      join: [[on('anchor'), on('aliases', 'mail')]],
    });
    const space = spaceOf([{ ...provision, flows: [direct('anchor'), direct('mail')] }, rule]);
    importUser(space, 'kim', { mail: 'k@x' });
    space.importObject({
      connector: 'sales',
      type: 'user',
      anchor: 's1',
      dn: 'CN=s1',
      attributes: { anchor: 'kim', aliases: ['other'] },
    });
    space.importObject({
      connector: 'sales',
      type: 'user',
      anchor: 's2',
      dn: 'CN=s2',
      attributes: { anchor: 'kim', aliases: ['x', 'K@X'] },
    });
    space.sync();
    expect(space.connectorSpace('sales').map((cs) => cs.link !== undefined)).toEqual([false, true]);
  });

  it('goes on to projection when more than one object matches', () => {
    const two = inbound({
      name: 'B',
      connector: 'sales',
      linkType: 'Provision',
      precedence: 2,
      join: [[on('mail')]],
      flows: [direct('mail')],
    });
    const space = spaceOf([{ ...provision, flows: [direct('anchor'), direct('mail')] }, two]);
    importUser(space, 'a', { mail: 'm' });
    importUser(space, 'b', { mail: 'm' });
    space.sync();
    space.importObject({ connector: 'sales', type: 'user', anchor: 's', dn: 'CN=s', attributes: { mail: 'm' } });
    space.sync();
    expect(space.metaverse()).toHaveLength(3);
  });

  it('does not project without a value for a join attribute, and does when one arrives', () => {
    const space = spaceOf([
      inbound({ name: 'J', linkType: 'Provision', join: [[on('mail')]], flows: [direct('mail')] }),
    ]);
    importUser(space, 'kim');
    expect(space.sync()).toMatchObject({ disconnectors: 1, projections: 0 });
    importUser(space, 'kim', { mail: 'm' });
    expect(space.sync()).toMatchObject({ projections: 1 });
  });

  it('refuses a second object of the same connector, whatever the order', () => {
    const space = spaceOf([provision]);
    importUser(space, 'kim');
    space.importObject({
      connector: 'corp',
      type: 'user',
      anchor: 'other',
      dn: 'CN=other',
      attributes: { anchor: 'kim' },
    });
    space.sync();
    expect(codes(space)).toEqual(['ambiguous-join']);
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(codes(space)).toEqual([]);
    expect(space.findByAnchor('corp', 'other')?.link).toBeDefined();
  });

  it('takes the place of an object that was reported deleted in the same batch', () => {
    const space = spaceOf([provision]);
    importUser(space, 'kim');
    space.sync();
    const mv = only(space).id;
    space.importObject({ connector: 'corp', type: 'user', anchor: 'new', dn: 'CN=new', attributes: { anchor: 'kim' } });
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(codes(space)).toEqual([]);
    expect(only(space).id).toBe(mv);
  });

  it('reports different join criteria of rules in scope, and accepts equal ones', () => {
    const other = (field: string) => inbound({ name: `X ${field}`, precedence: 5, join: [[on(field)]] });
    const different = spaceOf([provision, other('mail')]);
    importUser(different, 'kim');
    different.sync();
    expect([...different.errors.values()]).toMatchObject([
      {
        code: 'different-join-criteria',
        message: expect.stringContaining('The Inbound sync rules in scope have different join criteria') as string,
      },
    ]);
    const equal = spaceOf([provision, other('anchor')]);
    importUser(equal, 'kim');
    equal.sync();
    expect(codes(equal)).toEqual([]);
  });

  it('keeps the link when join attributes change, and ends it when the joining rule loses scope', () => {
    const join = inbound({
      name: 'B',
      connector: 'sales',
      precedence: 2,
      scope: [[clause('off', 'ISNULL')]],
      join: [[on('anchor')]],
      flows: [direct('title')],
    });
    const space = spaceOf([provision, join]);
    const sales = (attributes: Record<string, string>) =>
      space.importObject({ connector: 'sales', type: 'user', anchor: 's', dn: 'CN=s', attributes });
    importUser(space, 'kim');
    sales({ anchor: 'kim', title: 'Dr' });
    space.sync();
    sales({ anchor: 'moved', title: 'Dr' });
    space.sync();
    expect(only(space).attributes).toMatchObject({ title: 'Dr' });
    sales({ anchor: 'kim', title: 'Dr', off: '1' });
    space.sync();
    expect(only(space).attributes).toEqual({ anchor: 'kim' });
    expect(space.findByAnchor('sales', 's')).toMatchObject({ link: undefined, rules: [] });
  });

  it('evaluates joins again when the object moves from one join rule to another', () => {
    const rule = (name: string, precedence: number, value: string, by: string) =>
      inbound({
        name,
        linkType: 'Provision',
        precedence,
        scope: [[clause('kind', 'EQUAL', value)]],
        join: [[on(by)]],
        flows: [direct('anchor'), direct('mail')],
      });
    const space = spaceOf([rule('R1', 1, 'a', 'anchor'), rule('R2', 2, 'b', 'mail')]);
    importUser(space, 'kim', { kind: 'a', mail: 'm' });
    space.sync();
    const mv = only(space).id;
    importUser(space, 'kim', { kind: 'b', mail: 'm' });
    space.sync();
    expect(only(space)).toMatchObject({ id: mv, links: [{ connector: 'corp' }] });
    expect(space.findByAnchor('corp', 'guid-kim')?.link).toMatchObject({ rule: 'R2' });
    expect(codes(space)).toEqual([]);
  });

  it('joins any metaverse type with target type *', () => {
    const fsp = inbound({
      name: 'FSP',
      connector: 'sales',
      sourceType: 'fsp',
      targetType: '*',
      precedence: 3,
      join: [[on('cn', 'sid')]],
    });
    const space = spaceOf([{ ...provision, flows: [direct('anchor'), direct('sid')] }, fsp]);
    space.importObject({ connector: 'sales', type: 'fsp', anchor: 'f', dn: 'CN=S-1', attributes: { cn: 'S-1' } });
    space.sync();
    importUser(space, 'kim', { sid: 's-1' });
    space.sync();
    expect(space.findByAnchor('sales', 'f')?.link?.mv).toBe(only(space).id);
  });
});

describe('life of a metaverse object', () => {
  it('ends with the last Provision rule, and Join-held objects stay behind as disconnectors', () => {
    const space = spaceOf([
      provision,
      inbound({ name: 'B', connector: 'sales', precedence: 2, join: [[on('anchor')]] }),
    ]);
    importUser(space, 'kim');
    importUser(space, 'kim', {}, 'sales');
    space.sync();
    space.importDelete('corp', 'guid-kim');
    expect(space.sync()).toMatchObject({ metaverseDeletes: 1 });
    expect(space.metaverse()).toEqual([]);
    expect(space.connectorSpace('sales')).toMatchObject([{ link: undefined }]);
    importUser(space, 'kim');
    space.sync();
    expect(only(space).links).toHaveLength(2);
  });

  it('goes on while a StickyJoin object exists', () => {
    const space = spaceOf([
      provision,
      inbound({ name: 'B', connector: 'sales', linkType: 'StickyJoin', precedence: 2, join: [[on('anchor')]] }),
    ]);
    importUser(space, 'kim', {}, 'sales');
    space.sync();
    expect(space.metaverse()).toEqual([]);
    importUser(space, 'kim');
    space.sync();
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(space.metaverse()).toHaveLength(1);
    space.importDelete('sales', 'guid-kim');
    space.sync();
    expect(space.metaverse()).toEqual([]);
  });

  it('evaluates everything anew when an object changes its type', () => {
    const contact = inbound({
      name: 'Contact',
      sourceType: 'contact',
      linkType: 'Provision',
      precedence: 5,
      join: [[on('anchor')]],
      flows: [direct('anchor'), constant('kind', 'Contact')],
    });
    const space = spaceOf([{ ...provision, flows: [direct('anchor'), constant('kind', 'User')] }, contact]);
    importUser(space, 'kim');
    space.sync();
    expect(
      space.importObject({
        connector: 'corp',
        type: 'contact',
        anchor: 'guid-kim',
        dn: 'CN=kim,DC=corp',
        attributes: { anchor: 'kim' },
      }),
    ).toBe('delete-add');
    space.sync();
    expect(only(space).attributes).toEqual({ anchor: 'kim', kind: 'Contact' });
  });
});

describe('attribute flow', () => {
  const rules = (first: ReturnType<typeof direct>, second: ReturnType<typeof direct>) => [
    provision,
    inbound({ name: 'First', precedence: 110, flows: [first] }),
    inbound({ name: 'Second', precedence: 120, flows: [second] }),
  ];
  const flowed = (first: ReturnType<typeof direct>, second: ReturnType<typeof direct>, attributes = {}) => {
    const space = spaceOf(rules(first, second));
    importUser(space, 'kim', { b: 'B', ...attributes });
    space.sync();
    return { space, value: only(space).attributes['x'], from: only(space).lineage['x']?.map(({ rule }) => rule) };
  };

  it('lets NULL lose against a value of lower precedence', () => {
    expect(flowed(expression('x', 'NULL'), direct('x', 'b'))).toMatchObject({ value: 'B', from: ['Second'] });
  });

  it('ends the contest with AuthoritativeNull', () => {
    expect(flowed(expression('x', 'AuthoritativeNull'), direct('x', 'b'))).toMatchObject({
      value: undefined,
      from: undefined,
    });
  });

  it('treats IgnoreThisFlow as if the flow did not exist', () => {
    expect(flowed(expression('x', 'IgnoreThisFlow'), direct('x', 'b'))).toMatchObject({ value: 'B', from: ['Second'] });
  });

  it('keeps the present value when every flow is ignored, and clears it when another gives NULL', () => {
    const space = spaceOf([
      provision,
      inbound({ name: 'First', precedence: 110, flows: [expression('x', 'IIF([b]="B","kept",IgnoreThisFlow)')] }),
    ]);
    importUser(space, 'kim', { b: 'B' });
    space.sync();
    importUser(space, 'kim', { b: 'C' });
    space.sync();
    expect(only(space).attributes['x']).toBe('kept');
    space.usePlan(spaceOf(rules(expression('x', 'IgnoreThisFlow'), direct('x', 'absent'))).plan);
    space.sync();
    expect(only(space).attributes['x']).toBeUndefined();
  });

  it('applies a flow once, only while the object is created', () => {
    const space = spaceOf([
      provision,
      inbound({ name: 'First', precedence: 110, flows: [direct('x', 'b', { applyOnce: true })] }),
    ]);
    importUser(space, 'kim', { b: '1' });
    space.sync();
    importUser(space, 'kim', { b: '2' });
    space.sync();
    expect(only(space).attributes['x']).toBe('1');
  });

  it.each<[MergeType, readonly string[]]>([
    ['Merge', ['SMTP:a', 'smtp:a']],
    ['MergeCaseInsensitive', ['SMTP:a']],
  ])('unites the values of all contributors with %s', (merge, wanted) => {
    const result = flowed(direct('x', 'p', { merge }), direct('x', 'q', { merge }), {
      p: ['SMTP:a'],
      q: ['smtp:a', 'SMTP:a'],
    });
    expect(result).toMatchObject({ value: wanted, from: ['First', 'Second'] });
  });

  it('refuses rules that merge and rules that replace the same attribute', () => {
    const space = spaceOf(rules(direct('x', 'b', { merge: 'Merge' }), direct('x', 'b')));
    importUser(space, 'kim', { b: '1' });
    space.sync();
    expect(codes(space)).toEqual(['mixed-merge-types']);
    expect(space.metaverse()).toEqual([]);
  });

  it('fails the whole object on Error(), and recovers', () => {
    const space = spaceOf([
      ...basicRules(),
      inbound({
        name: 'Guard',
        precedence: 110,
        flows: [expression('x', 'IIF([mail]="bad",Error("No such mail"),NULL)')],
      }),
    ]);
    importUser(space, 'kim', { displayName: 'a' });
    space.sync();
    importUser(space, 'kim', { displayName: 'b', mail: 'bad' });
    space.sync();
    expect([...space.errors.values()]).toMatchObject([
      { code: 'sync-rule-error-function-triggered', message: 'No such mail', rule: 'Guard', attribute: 'x' },
    ]);
    expect(only(space).attributes['displayName']).toBe('a');
    expect(space.pendingExports('entra')).toMatchObject([{ pendingExport: { changes: { displayName: 'a' } } }]);
    importUser(space, 'kim', { displayName: 'b', mail: 'good' });
    space.sync();
    expect(codes(space)).toEqual([]);
    expect(only(space).attributes['displayName']).toBe('b');
  });

  it('types constants by the target and refuses values of another type', () => {
    const metaverse = {
      person: {
        flag: { type: 'boolean', multiValued: false },
        level: { type: 'number', multiValued: false },
        many: { type: 'string', multiValued: true },
      },
    } as const;
    const space = spaceOf(
      [
        {
          ...provision,
          flows: [
            direct('anchor'),
            constant('flag', 'TRUE'),
            constant('level', '7'),
            direct('many', 'one'),
            direct('level', 'text'),
          ],
        },
      ],
      { metaverse },
    );
    importUser(space, 'kim', { one: 'v' });
    space.sync();
    expect(only(space).attributes).toEqual({ anchor: 'kim', flag: true, level: 7n, many: ['v'] });
  });

  it('fails on a value of another type instead of converting it', () => {
    const metaverse = { person: { level: { type: 'number', multiValued: false } } } as const;
    const space = spaceOf([{ ...provision, flows: [direct('anchor'), direct('level', 'text')] }], { metaverse });
    importUser(space, 'kim', { text: '7' });
    space.sync();
    expect(codes(space)).toEqual(['type-mismatch']);
  });

  it('reads the image with pending exports, and ImportedValue without them', () => {
    const rules = [
      ...basicRules(),
      inbound({
        name: 'Cloud',
        connector: 'entra',
        precedence: 150,
        join: [[on('anchor')]],
        flows: [direct('seen', 'displayName'), expression('was', 'ImportedValue("displayName")')],
      }),
    ];
    const space = spaceOf(rules);
    importUser(space, 'kim', { displayName: 'new' });
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c',
      dn: 'CN={kim}',
      attributes: { anchor: 'kim', displayName: 'old' },
    });
    space.sync();
    space.sync({ full: true });
    expect(only(space).attributes).toMatchObject({ displayName: 'new', seen: 'new', was: 'old' });
  });

  it('resolves references when their target joins, in any order, and exports the target object', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { manager: space.reference('corp', 'CN=boss,DC=corp') });
    space.sync();
    expect(only(space)).toMatchObject({ waitsFor: ['corp|dn:cn=boss,dc=corp'] });
    expect(only(space).attributes).not.toHaveProperty('manager');
    importUser(space, 'boss');
    space.sync();
    const boss = space.findByDn('entra', 'CN={boss}');
    expect(space.findByDn('entra', 'CN={kim}')?.pendingExport?.changes['manager']).toEqual({ ref: boss?.id });
    space.importDelete('corp', 'guid-boss');
    space.sync();
    expect(space.findByDn('entra', 'CN={kim}')?.pendingExport?.changes).not.toHaveProperty('manager');
  });

  it('says everything it needs in one pass', async () => {
    const { SyncSession } = await import('./session.js');
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { manager: space.reference('corp', 'CN=boss') });
    const view = { ...nothingLoaded, cs: (id: string) => (id === 'corp|guid-kim' ? space.index.cs(id) : undefined) };
    const session = new SyncSession({ plan: space.plan, view, now: new Date(0), random: () => 0, newId: () => 'new' });
    const outcome = session.synchronize('corp|guid-kim');
    const needs = outcome.status === 'needs' ? outcome.needs.map(({ kind }) => kind).sort() : outcome;
    expect(needs).toEqual(['cs', 'cs-dn', 'cs-key', 'mv-key']);
    expect(session.changes().cs.size).toBe(0);
  });
});

const nothingLoaded = {
  cs: () => undefined,
  mv: () => undefined,
  mvByKey: () => undefined,
  csByKey: () => undefined,
  csByDn: () => undefined,
  isMember: () => undefined,
};
