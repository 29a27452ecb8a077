import { describe, expect, it } from 'vitest';
import { Random } from '../schedule/random.js';
import { ChangeGenerator } from './change-generator.js';
import { ChangeLog, pairOf } from './change-log.js';
import { DirectoryModel, type ModelObject } from './directory-model.js';

const OU = 'OU=Adjoin,DC=corp,DC=test';
const OUTSIDE = 'OU=Out of Scope,DC=corp,DC=test';

function aModel(users = 40, groups = 5): DirectoryModel {
  const people = Array.from({ length: users }, (_, n): ModelObject => ({
    kind: 'user',
    dn: `CN=P${n},OU=Sales,${OU}`,
    anchor: `p${n}`,
    inScope: true,
    control: 512,
    members: new Set(),
  }));
  const teams = Array.from({ length: groups }, (_, n): ModelObject => ({
    kind: 'group',
    dn: `CN=G${n},OU=Groups,${OU}`,
    anchor: `g${n}`,
    inScope: true,
    control: 0,
    members: new Set(['p1', 'p2', `p${n + 5}`]),
  }));
  return new DirectoryModel([...people, ...teams], {
    containers: [`OU=Sales,${OU}`, `OU=Legal,${OU}`],
    outside: OUTSIDE,
  });
}

/** Draws changes and takes them into the model, as a run does. */
function draw(seed: number, count: number, model = aModel()) {
  const generator = new ChangeGenerator(new Random(seed), model, 's');
  const log = new ChangeLog();
  const changes = Array.from({ length: count }, () => {
    const change = generator.next();
    log.note(change, model);
    return change;
  });
  return { changes, log, model };
}

describe('the changes of a seed', () => {
  it('are the same on the same forest, and others for another seed', () => {
    expect(draw(4, 200).changes).toEqual(draw(4, 200).changes);
    expect(draw(4, 200).changes).not.toEqual(draw(5, 200).changes);
  });

  it('are of every kind', () => {
    const kinds = new Set(draw(1, 2000).changes.map(({ kind }) => kind));
    for (const kind of [
      'set',
      'rename',
      'leave',
      'return',
      'create-user',
      'create-group',
      'delete',
      'add-member',
      'remove-member',
    ])
      expect(kinds).toContain(kind);
  });

  it('are possible: every object has the name it got last, and members are added and removed in turn', () => {
    const model = aModel();
    const generator = new ChangeGenerator(new Random(9), model, 's');
    const log = new ChangeLog();
    for (let n = 0; n < 3000; n++) {
      const names = new Set([...model.users(true), ...model.users(false), ...model.groups()].map(({ dn }) => dn));
      const change = generator.next();
      if ('group' in change) {
        expect(names).toContain(change.group.dn);
        expect(model.get(change.group.anchor)?.members.has(change.member.anchor)).toBe(change.kind === 'remove-member');
      } else if (change.kind === 'create-user' || change.kind === 'create-group')
        expect(names).not.toContain(change.dn);
      else expect(names).toContain(change.dn);
      log.note(change, model);
    }
  });

  it('number the titles upwards', () => {
    const titles = draw(2, 500).changes.flatMap((change) =>
      change.kind === 'set' && change.attribute === 'title' ? [Number(change.value?.split(' ')[1])] : [],
    );
    expect(titles).toEqual([...titles].sort((a, b) => a - b));
    expect(titles.length).toBeGreaterThan(50);
  });

  it('leave enough users and groups', () => {
    const { model } = draw(3, 5000, aModel(25, 4));
    expect(model.users(true).length).toBeGreaterThanOrEqual(20);
    expect(model.groups().length).toBeGreaterThanOrEqual(3);
  });
});

describe('the log of changes', () => {
  it('knows who may be missing and which members were removed', () => {
    const model = aModel();
    const log = new ChangeLog();
    const group = { dn: 'CN=G0', anchor: 'g0' };
    log.note({ kind: 'leave', dn: 'CN=P3', newDn: `CN=P3,${OUTSIDE}`, anchor: 'p3' }, model);
    log.note({ kind: 'delete', dn: 'CN=P4', anchor: 'p4' }, model);
    log.note({ kind: 'remove-member', group, member: { dn: 'CN=P1', anchor: 'p1' } }, model);
    log.note({ kind: 'add-member', group, member: { dn: 'CN=P1', anchor: 'p1' } }, model);
    expect(log.gone).toEqual(new Set(['p3', 'p4']));
    expect(log.removed).toEqual(new Set([pairOf('g0', 'p1')]));
    expect(log.added).toEqual(new Map([[pairOf('g0', 'p1'), 1]]));
    expect(model.get('p4')).toBeUndefined();
    expect(model.get('p3')?.inScope).toBe(false);
  });
});
