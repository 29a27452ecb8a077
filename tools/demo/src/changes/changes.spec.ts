import { describe, expect, it } from 'vitest';
import { group, user } from '../testing/entries.js';
import { planChanges, sceneOf } from './change-plan.js';
import { splitDn } from './directory-writer.js';
import { guidOf } from './imported-dn.js';

const people = Array.from({ length: 60 }, (_, index) =>
  user(`P${index}`, {}, index % 2 === 0 ? 'OU=Sales' : 'OU=Legal'),
);
const groups = Array.from({ length: 4 }, (_, index) => group(`G${index}`, people.slice(30)));

describe('the plan of changes', () => {
  it('uses every user once and has three changes of each kind', () => {
    const plan = planChanges(sceneOf([...people, ...groups]));
    const used = [
      plan.changed,
      plan.renamed,
      plan.moved.map((move) => move.user),
      plan.disabled,
      plan.joining.map((join) => join.user),
      plan.leaving.map((leave) => leave.user),
      plan.leftScope,
      plan.deleted,
    ];
    expect(used.map((list) => list.length)).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
    expect(new Set(used.flat().map(({ dn }) => dn)).size).toBe(24);
  });

  it('moves to another container, and adds only who is no member', () => {
    const plan = planChanges(sceneOf([...people, ...groups]));
    for (const { user: moved, container } of plan.moved) expect(splitDn(moved.dn)[1]).not.toBe(container);
    for (const { group: joined, user: newcomer } of plan.joining)
      expect(joined.values.get('member')).not.toContain(newcomer.dn);
  });

  it('tells when the directory is too small', () => {
    expect(() => planChanges(sceneOf(people.slice(0, 5)))).toThrow(/too few/);
  });
});

describe('names', () => {
  it('are split at the first comma that is not escaped', () => {
    expect(splitDn('CN=Lee\\, Ann,OU=A\\, B,DC=x')).toEqual(['CN=Lee\\, Ann', 'OU=A\\, B,DC=x']);
  });

  it('an anchor is the GUID in the byte order of the directory', () => {
    expect(guidOf('MyIRAFVEd2aImaq7zN3u/w==')).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });
});
