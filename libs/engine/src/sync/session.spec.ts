import { describe, expect, it } from 'vitest';
import { LateView } from '../testing/late-view.js';
import type { MemorySpace } from '../testing/memory-space.js';
import { basicRules, direct, inbound, outbound, spaceOf } from '../testing/rule-builders.js';
import type { MvObject, Need } from './model.js';
import { SyncSession } from './session.js';

const rules = [
  ...basicRules(),
  inbound({ name: 'In Manager', precedence: 110, flows: [direct('manager')] }),
  outbound({ name: 'Out Manager', precedence: 210, flows: [direct('manager')] }),
];

function importUser(space: MemorySpace, name: string, manager?: string): void {
  const reference = manager === undefined ? null : space.reference('corp', `CN=${manager},DC=corp`);
  space.importObject({
    connector: 'corp',
    type: 'user',
    anchor: name,
    dn: `CN=${name},DC=corp`,
    attributes: { anchor: name, displayName: name, manager: reference },
  });
}

/** Searches are answered when they were asked for, objects at once, as after a prefetch. */
function lateSession(space: MemorySpace): { readonly session: SyncSession; readonly view: LateView } {
  const view = new LateView(space.index, ['mv-key', 'cs-key', 'cs-dn', 'member']);
  let ids = 0;
  const newId = (): string => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`;
  return { view, session: new SyncSession({ plan: space.plan, view, now: new Date(0), random: () => 0.5, newId }) };
}

/** Decides as the worker does: all in turn, and what needs something again once that was loaded. Gives the number of rounds. */
function decideAll({ session, view }: ReturnType<typeof lateSession>, ids: readonly string[]): number {
  let open = ids;
  for (let round = 1; ; round++) {
    const needs: Need[] = [];
    open = open.filter((id) => {
      const outcome = session.synchronize(id);
      if (outcome.status === 'needs') needs.push(...outcome.needs);
      return outcome.status === 'needs';
    });
    if (open.length === 0) return round;
    view.load(needs);
  }
}

const personOf = (session: SyncSession, anchor: string): MvObject | undefined =>
  [...session.changes().mv.values()].find((mv) => mv?.attributes['anchor'] === anchor) ?? undefined;

describe('an object that is decided before its searches are loaded', () => {
  it('is done in two rounds when they find nothing', () => {
    const space = spaceOf(rules);
    for (const name of ['ada', 'bob', 'cy']) importUser(space, name);
    const late = lateSession(space);
    expect(decideAll(late, ['corp|ada', 'corp|bob', 'corp|cy'])).toBe(2);
    expect(late.session.changes().mv.size).toBe(3);
    expect(late.session.changes().cs.size).toBe(6);
  });

  it('sees what was decided before it in the meantime', () => {
    const space = spaceOf(rules);
    importUser(space, 'ada');
    importUser(space, 'bob', 'ada');
    const late = lateSession(space);
    decideAll(late, ['corp|ada', 'corp|bob']);
    const manager = personOf(late.session, 'ada');
    expect(manager).toBeDefined();
    expect(personOf(late.session, 'bob')?.attributes['manager']).toEqual({ ref: manager?.id });
  });

  it('joins what an object before it was projected to in the meantime', () => {
    const space = spaceOf(rules);
    importUser(space, 'ada');
    space.importObject({
      connector: 'corp',
      type: 'user',
      anchor: 'second ada',
      dn: 'CN=second,DC=corp',
      attributes: { anchor: 'ada', displayName: 'second' },
    });
    const late = lateSession(space);
    decideAll(late, ['corp|ada', 'corp|second ada']);
    expect([...late.session.changes().mv.values()]).toHaveLength(1);
  });
});
