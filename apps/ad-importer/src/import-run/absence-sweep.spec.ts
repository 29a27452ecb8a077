import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

/** More than are waited for: eleven questions. */
const MANY = 1_050;
const LONG_MS = 60_000;
/** Each with a pause: the questions go on meanwhile. */
const ROUNDS = 2_000;
const ROUND_MS = 5;

describe('a domain controller that shows no deleted objects', () => {
  let harness: ImportHarness;
  let users: string[];
  let ous: readonly [string, string];
  beforeEach(async () => {
    harness = await ImportHarness.start();
    harness.pageSize = 1_000;
    harness.directory.behaviour.vendor = 'Samba Team (https://www.samba.org)';
    harness.directory.behaviour.dirSyncPage = 10_000;
    const { state } = harness;
    const addOu = (rdn: string): string => state.add({ rdn, parent: state.head, classes: ['organizationalUnit'] });
    ous = [addOu('OU=Staff'), addOu('OU=Others')];
    users = Array.from({ length: MANY }, (_, index) =>
      state.add({ rdn: `CN=u${String(index)}`, parent: ous[0], classes: ['user'] }),
    );
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
  }, LONG_MS);
  afterEach(() => harness.stop());

  const userOf = (round: number): string => users[round % users.length] ?? '';
  const hasRemoved = (): boolean => harness.receiver.removals.length > 0;

  it(
    'and holds many objects is asked for each of them beside the imports of changes, which do not wait for it',
    async () => {
      const gone = users.pop() ?? '';
      const removedBefore: number[] = [];
      let changed = 0;
      const change = async (round: number): Promise<void> => {
        removedBefore.push(harness.receiver.removals.length);
        if (round === 0) harness.state.objects.delete(gone);
        harness.state.set(userOf(round), 'displayName', `Round ${String(round)}`);
        changed = round;
        await sleep(ROUND_MS);
      };
      expect(await harness.deltas(ROUNDS, change, hasRemoved)).toBeUndefined();
      expect(removedBefore[1], 'the first import of changes does not wait').toBe(0);
      expect(harness.receiver.removals).toEqual([`object ${gone}`]);
      for (const round of [0, 1, changed].filter((one) => one > changed - users.length))
        expect(harness.receiver.objects.get(userOf(round))?.attributes['displayName']).toBe(`Round ${String(round)}`);
    },
    LONG_MS,
  );

  it(
    'takes nothing for gone that is moved and renamed while it is asked',
    async () => {
      const gone = users.pop() ?? '';
      const change = async (round: number): Promise<void> => {
        if (round === 0) harness.state.objects.delete(gone);
        for (let moved = 0; moved < 20; moved += 1) {
          const number = round * 20 + moved;
          const parent = ous[(Math.floor(number / users.length) + 1) % 2] ?? '';
          harness.state.move(userOf(number), { rdn: `CN=r${String(number)}`, parent });
        }
        await sleep(ROUND_MS);
      };
      expect(await harness.deltas(ROUNDS, change, hasRemoved)).toBeUndefined();
      expect(harness.receiver.removals).toEqual([`object ${gone}`]);
    },
    LONG_MS,
  );

  it(
    'and ends the connection while it is asked takes nothing away, and is asked again',
    async () => {
      const gone = users.pop() ?? '';
      harness.state.objects.delete(gone);
      const change = async (round: number): Promise<void> => {
        harness.state.set(userOf(round), 'displayName', `Round ${String(round)}`);
        if (round === 1) harness.directory.cutAt = harness.directory.sent + 500;
        await sleep(ROUND_MS);
      };
      expect(await harness.deltas(ROUNDS, change, hasRemoved)).toBe('ADJ-IMP-1001');
      expect(harness.receiver.removals).toEqual([]);
      harness.directory.cutAt = undefined;
      const again = async (round: number): Promise<void> => {
        harness.state.set(userOf(round), 'displayName', `Again ${String(round)}`);
        await sleep(ROUND_MS);
      };
      expect(await harness.deltas(ROUNDS, again, hasRemoved)).toBeUndefined();
      expect(harness.receiver.removals).toEqual([`object ${gone}`]);
    },
    LONG_MS,
  );
});
