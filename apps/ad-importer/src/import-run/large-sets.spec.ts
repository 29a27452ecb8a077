import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

/** The figures of an enterprise (20000) take half a minute; the same code runs with fewer. */
const MEMBERS = Number(process.env['ADJOIN_TEST_MEMBERS'] ?? 3_000);
const LONG_MS = 120_000;
let harness: ImportHarness;
let ou: string;
let users: string[];

beforeEach(async () => {
  harness = await ImportHarness.start();
  harness.pageSize = 1_000;
  ou = harness.state.add({ rdn: 'OU=Staff', parent: harness.state.head, classes: ['organizationalUnit'] });
  users = Array.from({ length: MEMBERS }, (_, index) =>
    harness.state.add({ rdn: `CN=user${String(index)}`, parent: ou, classes: ['top', 'person', 'user'] }),
  );
});
afterEach(() => harness.stop());

/** Reference values that were published, whatever they changed. */
function published(): { added: number; removed: number } {
  let [added, removed] = [0, 0];
  for (const { references } of harness.receiver.changes) {
    const member = references?.['member'];
    if (member?.mode === 'set') added += member.values.length;
    if (member?.mode === 'change') {
      added += member.add.length;
      removed += member.remove.length;
    }
  }
  return { added, removed };
}

describe('a large group', () => {
  it.each([1_500, 1_000_000])(
    'is published member by member, with ranges of %i values: all, one added, one removed, a quarter removed',
    async (maxValues) => {
      const { state, receiver, directory } = harness;
      directory.behaviour.maxValues = maxValues;
      const group = state.add({ rdn: 'CN=all', parent: ou, classes: ['top', 'group'] });
      const extra = state.add({ rdn: 'CN=extra', parent: ou, classes: ['user'] });
      state.link(group, 'member', { add: users });
      const members = (): Set<string> | undefined => receiver.objects.get(group)?.members;
      expect(await harness.full()).toBeUndefined();
      expect(published()).toEqual({ added: MEMBERS, removed: 0 });
      expect(members()).toEqual(new Set(users));

      const quarter = users.slice(0, Math.floor(MEMBERS / 4));
      const steps = [
        [{ add: [extra] }, { added: 1, removed: 0 }],
        [{ remove: [extra] }, { added: 0, removed: 1 }],
        [{ remove: quarter }, { added: 0, removed: quarter.length }],
      ] as const;
      for (const [change, expected] of steps) {
        receiver.reset();
        state.link(group, 'member', change);
        expect(await harness.delta()).toBeUndefined();
        expect(published()).toEqual(expected);
      }
      expect(members()).toEqual(new Set(users.slice(quarter.length)));
      receiver.reset();
      expect(await harness.full()).toBeUndefined();
      expect(receiver.removals).toEqual([]);
      expect(receiver.membersAdded).toBe(0);
    },
    LONG_MS,
  );
});

describe('the rename of an organizational unit', () => {
  it.each([
    ['with the whole domain in scope', [] as string[]],
    ['when it is the scope', ['OU=Staff,DC=fake,DC=test']],
  ])(
    '%s is one change: nothing below it is read again or published',
    async (_words, include) => {
      const { state, receiver, directory } = harness;
      harness.scope = { include, exclude: [] };
      expect(await harness.full()).toBeUndefined();
      const known = receiver.objects.size;
      receiver.reset();
      directory.searches.length = 0;
      state.move(ou, { rdn: 'OU=People' });
      expect(await harness.delta()).toBeUndefined();
      expect(receiver.changes).toMatchObject([
        { anchor: ou, op: 'delta', rdn: 'OU=People', dn: 'OU=People,DC=fake,DC=test' },
      ]);
      expect(receiver.objects.size).toBe(known);
      const below = directory.searches.filter(({ base }) => !base.includes('CN=Configuration') && base !== '');
      expect(below.reduce((sum, { entries }) => sum + entries, 0)).toBeLessThan(5);
    },
    LONG_MS,
  );
});
