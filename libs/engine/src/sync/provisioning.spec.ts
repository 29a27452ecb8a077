import { describe, expect, it } from 'vitest';
import {
  basicRules,
  clause,
  direct,
  expression,
  importUser,
  inbound,
  on,
  outbound,
  spaceOf,
} from '../testing/rule-builders.js';
import type { MemorySpace } from '../testing/memory-space.js';

const exportsOf = (space: MemorySpace) =>
  space.pendingExports('entra').map((cs) => ({ dn: cs.dn, ...cs.pendingExport }));

describe('outbound provisioning', () => {
  it('provisions a projected user with every value', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { displayName: 'Kim' });
    expect(space.sync()).toMatchObject({ projections: 1, provisioned: 1, flowUpdates: 1 });
    expect(exportsOf(space)).toEqual([
      { dn: 'CN={kim}', operation: 'add', changes: { anchor: 'kim', displayName: 'Kim' } },
    ]);
  });

  it('has nothing to export once the directory confirmed', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { displayName: 'Kim' });
    space.sync();
    space.export('entra');
    space.sync();
    expect(exportsOf(space)).toEqual([]);
    expect(space.connectorSpace('entra')).toMatchObject([{ state: 'imported', unconfirmed: undefined }]);
  });

  it('exports only what differs from the target, and removals as null', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { displayName: 'Kim', mail: 'kim@x.test' });
    space.sync();
    space.export('entra');
    importUser(space, 'kim', { displayName: 'Kim L' });
    space.sync();
    expect(exportsOf(space)).toEqual([
      { dn: 'CN={kim}', operation: 'update', changes: { displayName: 'Kim L', mail: null } },
    ]);
  });

  it('exports again what the directory changed, until it stays', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim', { displayName: 'R&D' });
    space.sync();
    space.export('entra', { rewrite: () => ({ displayName: 'R' }) });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'update', changes: { displayName: 'R&D' } }]);
  });

  it('stages a delete when the rule that provisioned goes out of scope', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.export('entra');
    importUser(space, 'kim', { filtered: 'True' });
    expect(space.sync()).toMatchObject({ deprovisioned: 1 });
    expect(exportsOf(space)).toEqual([{ dn: 'CN={kim}', operation: 'delete', changes: {} }]);
    expect(space.metaverse()).toHaveLength(1);
  });

  it('cancels an unsent delete when the object comes back into scope', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.export('entra');
    importUser(space, 'kim', { filtered: 'True' });
    space.sync();
    importUser(space, 'kim');
    space.sync();
    expect(exportsOf(space)).toEqual([]);
    expect(space.connectorSpace('entra')).toMatchObject([{ link: { provision: 'Out User Join' } }]);
  });

  it('cancels an unsent delete when a deleted source object is imported again', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.export('entra');
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'delete' }]);
    importUser(space, 'kim');
    space.sync();
    expect(exportsOf(space)).toEqual([]);
    expect(space.connectorSpace('entra')).toHaveLength(1);
  });

  it('drops an object that was never exported without a trace', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(space.connectorSpace('entra')).toEqual([]);
    expect(space.metaverse()).toEqual([]);
  });

  it('deletes an object whose add is under way instead of forgetting it', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    const [cs] = space.connectorSpace('entra');
    if (cs !== undefined) space.index.putCs(cs.id, { ...cs, inFlight: 'add' });
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'delete' }]);
  });

  it('provisions anew when the object was deleted in the target', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.export('entra');
    const [cs] = space.connectorSpace('entra');
    space.importDelete('entra', cs?.anchor ?? '');
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'add', dn: 'CN={kim}' }]);
    expect(space.connectorSpace('entra')[0]?.id).not.toBe(cs?.id);
  });

  it('joins a disconnector by the join criteria instead of creating a second object', () => {
    const space = spaceOf(basicRules());
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'CN=cloud',
      attributes: { anchor: 'KIM', displayName: 'Old' },
    });
    importUser(space, 'kim', { displayName: 'Kim' });
    space.sync();
    expect(space.pendingExports('entra')).toMatchObject([
      {
        dn: 'CN=cloud',
        pendingExport: { operation: 'update', changes: { anchor: 'kim', displayName: 'Kim' }, dn: 'CN={kim}' },
      },
    ]);
    expect(space.connectorSpace('entra')).toMatchObject([{ link: { action: 'join', provision: 'Out User Join' } }]);
  });

  it('links a disconnector that arrives after the decision (late target import)', () => {
    const space = spaceOf(basicRules());
    importUser(space, 'kim');
    space.sync();
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'CN={kim}',
      attributes: { anchor: 'kim' },
    });
    space.sync();
    expect(space.connectorSpace('entra')).toMatchObject([{ anchor: 'c1', link: { provision: 'Out User Join' } }]);
    expect(exportsOf(space)).toEqual([]);
  });

  it('reverse-joins on the computed DN when no criteria match', () => {
    const space = spaceOf(basicRules());
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'cn={KIM}',
      attributes: { displayName: 'Kim' },
    });
    importUser(space, 'kim', { displayName: 'Kim' });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'update', changes: { anchor: 'kim' } }]);
  });

  it('fails when the computed DN belongs to another metaverse object', () => {
    const rules = basicRules().map((rule) => (rule.name === 'In User Join' ? { ...rule, join: [[on('mail')]] } : rule));
    const space = spaceOf(rules);
    importUser(space, 'kim', { mail: 'a@x.test' });
    space.importObject({
      connector: 'corp',
      type: 'user',
      anchor: 'g2',
      dn: 'CN=other',
      attributes: { anchor: 'kim', mail: 'b@x.test' },
    });
    space.sync();
    expect([...space.errors.values()]).toMatchObject([{ code: 'provisioning-conflict' }]);
    expect(space.metaverse()).toHaveLength(1);
  });

  it('never deletes a target object that only an inbound rule joined', () => {
    const rules = [
      ...basicRules(),
      inbound({
        name: 'In Cloud',
        connector: 'entra',
        precedence: 150,
        join: [[on('anchor')]],
        flows: [direct('cloudAnchor')],
      }),
    ];
    const space = spaceOf(rules);
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'CN={kim}',
      attributes: { anchor: 'kim' },
    });
    importUser(space, 'kim', { filtered: 'True' });
    space.sync();
    expect(space.connectorSpace('entra')).toMatchObject([{ link: { action: 'join', rule: 'In Cloud' } }]);
    space.importDelete('corp', 'guid-kim');
    space.sync();
    expect(exportsOf(space)).toEqual([]);
    expect(space.connectorSpace('entra')).toMatchObject([{ link: undefined }]);
    expect(space.metaverse()).toEqual([]);
  });

  it('takes over an object an inbound rule joined, and deletes it when it leaves scope', () => {
    const rules = [
      ...basicRules(),
      inbound({ name: 'In Cloud', connector: 'entra', precedence: 150, join: [[on('anchor')]] }),
    ];
    const space = spaceOf(rules);
    importUser(space, 'kim');
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'CN={kim}',
      attributes: { anchor: 'kim' },
    });
    space.sync();
    importUser(space, 'kim', { filtered: 'True' });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'delete' }]);
    space.sync({ full: true });
    expect(exportsOf(space)).toMatchObject([{ operation: 'delete' }]);
  });

  it('disjoins instead of deleting when only a Join rule made the link', () => {
    const [join, common, , identity] = basicRules();
    const out = outbound({
      name: 'Out Join',
      scope: [[clause('filtered', 'NOTEQUAL', 'True')]],
      join: [[on('anchor')]],
      flows: [direct('displayName')],
    });
    const space = spaceOf([join, common, identity, out].filter((rule) => rule !== undefined));
    importUser(space, 'kim', { displayName: 'Kim' });
    space.importObject({ connector: 'entra', type: 'user', anchor: 'c1', dn: 'CN=c1', attributes: { anchor: 'kim' } });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'update', changes: { displayName: 'Kim' } }]);
    importUser(space, 'kim', { displayName: 'Kim', filtered: 'True' });
    space.sync();
    expect(exportsOf(space)).toEqual([]);
    expect(space.connectorSpace('entra')).toMatchObject([{ link: undefined }]);
  });

  it('exports nothing by rules without join when no rule of the direction can link', () => {
    const [join, common, , identity] = basicRules();
    const into = inbound({ name: 'In Cloud', connector: 'entra', join: [[on('anchor')]] });
    const space = spaceOf([join, common, identity, into].filter((rule) => rule !== undefined));
    importUser(space, 'kim', { displayName: 'Kim' });
    space.importObject({ connector: 'entra', type: 'user', anchor: 'c1', dn: 'CN=c1', attributes: { anchor: 'kim' } });
    space.sync();
    expect(space.connectorSpace('entra')).toMatchObject([{ link: { rule: 'In Cloud' } }]);
    expect(exportsOf(space)).toEqual([]);
  });

  it('renames when another DN is computed', () => {
    const space = spaceOf(
      basicRules().map((rule) =>
        rule.name === 'In User Join'
          ? { ...rule, join: [[on('key')]], flows: [direct('anchor'), direct('key')] }
          : rule,
      ),
    );
    importUser(space, 'kim', { key: '1' });
    space.sync();
    space.export('entra');
    space.importObject({
      connector: 'corp',
      type: 'user',
      anchor: 'guid-kim',
      dn: 'CN=kim',
      attributes: { key: '1', anchor: 'kim2' },
    });
    space.sync();
    expect(space.pendingExports('entra')).toMatchObject([
      { dn: 'CN={kim}', pendingExport: { operation: 'update', dn: 'CN={kim2}', changes: { anchor: 'kim2' } } },
    ]);
  });

  it('deletes the contact and adds the user when a metaverse object changes its kind', () => {
    const rules = [
      inbound({
        name: 'Join',
        linkType: 'Provision',
        precedence: 1,
        join: [[on('mail')]],
        flows: [direct('mail'), direct('kind')],
      }),
      outbound({
        name: 'User',
        linkType: 'Provision',
        precedence: 2,
        scope: [[clause('kind', 'EQUAL', 'User')]],
        join: [[on('mail')]],
        flows: [direct('mail'), expression('dn', '"CN=" & [mail]')],
      }),
      outbound({
        name: 'Contact',
        targetType: 'contact',
        linkType: 'Provision',
        precedence: 3,
        scope: [[clause('kind', 'EQUAL', 'Contact')]],
        join: [[on('mail')]],
        flows: [direct('mail'), expression('dn', '"CN=" & [mail]')],
      }),
    ];
    const space = spaceOf(rules);
    importUser(space, 'kim', { mail: 'a', kind: 'Contact' });
    space.sync();
    space.export('entra');
    const [contact] = space.connectorSpace('entra');
    importUser(space, 'kim', { mail: 'a', kind: 'User' });
    space.sync();
    expect(space.pendingExports('entra')).toMatchObject([
      { type: 'contact', pendingExport: { operation: 'delete' } },
      { type: 'user', pendingExport: { operation: 'add', after: contact?.id } },
    ]);
    space.sync({ full: true });
    expect(space.pendingExports('entra')).toHaveLength(2);
    space.export('entra');
    space.sync();
    expect(space.connectorSpace('entra')).toMatchObject([{ type: 'user', state: 'imported' }]);
  });

  it('leaves out what the target cannot hold and says so', () => {
    const capabilities = { entra: { types: { user: new Set(['anchor', 'displayName']) } } };
    const contact = outbound({
      name: 'Contact',
      sourceType: 'contactlike',
      targetType: 'contact',
      linkType: 'Provision',
      flows: [],
    });
    const space = spaceOf([...basicRules(), contact], { capabilities });
    importUser(space, 'kim', { displayName: 'Kim', mail: 'kim@x.test' });
    space.sync();
    expect(space.pendingExports('entra')).toMatchObject([
      { unsupported: ['mail'], pendingExport: { changes: { anchor: 'kim', displayName: 'Kim' } } },
    ]);
  });

  it('exports nothing of a type the target does not know, and no references to it', () => {
    const space = spaceOf(basicRules(), { capabilities: { entra: { types: {} } } });
    importUser(space, 'kim');
    space.sync();
    expect(space.connectorSpace('entra')).toMatchObject([{ unsupported: ['*'], pendingExport: undefined }]);
    expect(space.metaverse()).toMatchObject([{ links: [{}, { unsupported: true }] }]);
  });

  it('computes apply-once values only for a new object and keeps the first one', () => {
    const password = outbound({
      name: 'Password',
      precedence: 210,
      flows: [expression('password', '"first " & [displayName]', { applyOnce: true })],
    });
    const space = spaceOf([...basicRules(), password]);
    importUser(space, 'kim', { displayName: 'a' });
    space.sync();
    importUser(space, 'kim', { displayName: 'a2' });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ changes: { displayName: 'a2', password: 'first a' } }]);
    space.export('entra', { rewrite: () => ({ password: null }) });
    importUser(space, 'kim', { displayName: 'b' });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ operation: 'update', changes: { displayName: 'b' } }]);
    expect(space.pendingExports('entra')[0]?.pendingExport?.changes).not.toHaveProperty('password');
  });

  it('adds merged values to what the directory holds and takes none away', () => {
    const merge = outbound({
      name: 'Writeback',
      precedence: 210,
      flows: [expression('proxy', 'IIF(IsPresent([mail]),"X500:" & [mail],NULL)', { merge: 'MergeCaseInsensitive' })],
    });
    const space = spaceOf([...basicRules(), merge]);
    space.importObject({
      connector: 'entra',
      type: 'user',
      anchor: 'c1',
      dn: 'CN={kim}',
      attributes: { anchor: 'kim', mail: 'm', proxy: ['smtp:a'] },
    });
    importUser(space, 'kim', { mail: 'm' });
    space.sync();
    expect(exportsOf(space)).toMatchObject([{ changes: { proxy: ['smtp:a', 'X500:m'] } }]);
    space.export('entra', { rewrite: () => ({ proxy: ['smtp:a', 'x500:M'] }) });
    space.sync();
    expect(exportsOf(space)).toEqual([]);
  });
});
