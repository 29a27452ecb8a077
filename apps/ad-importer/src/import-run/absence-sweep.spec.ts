import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

/** More than are waited for. */
const MANY = 5_050;
const LONG_MS = 60_000;

describe('a domain controller that shows no deleted objects', () => {
  let harness: ImportHarness;
  let users: string[];
  beforeEach(async () => {
    harness = await ImportHarness.start();
    harness.pageSize = 1_000;
    harness.directory.behaviour.vendor = 'Samba Team (https://www.samba.org)';
    harness.directory.behaviour.dirSyncPage = 10_000;
    const { state } = harness;
    const ou = state.add({ rdn: 'OU=Staff', parent: state.head, classes: ['organizationalUnit'] });
    users = Array.from({ length: MANY }, (_, index) =>
      state.add({ rdn: `CN=u${String(index)}`, parent: ou, classes: ['user'] }),
    );
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
  }, LONG_MS);
  afterEach(() => harness.stop());

  it(
    'and holds many objects is compared beside the imports of changes, which do not wait for it',
    async () => {
      const gone = users.pop() ?? '';
      const removedBefore: number[] = [];
      const error = await harness.deltas(60, (round) => {
        removedBefore.push(harness.receiver.removals.length);
        if (round === 0) harness.state.objects.delete(gone);
        harness.state.set(users[round] ?? '', 'displayName', `Round ${String(round)}`);
      });
      expect(error).toBeUndefined();
      expect(removedBefore[1], 'the first import of changes does not wait').toBe(0);
      expect(harness.receiver.removals).toEqual([`object ${gone}`]);
      for (const round of [0, 1, 59])
        expect(harness.receiver.objects.get(users[round] ?? '')?.attributes['displayName']).toBe(
          `Round ${String(round)}`,
        );
    },
    LONG_MS,
  );

  it(
    'and ends the connection while they are compared takes nothing away, and is compared again',
    async () => {
      const gone = users.pop() ?? '';
      harness.state.objects.delete(gone);
      const error = await harness.deltas(60, (round) => {
        harness.state.set(users[round] ?? '', 'displayName', `Round ${String(round)}`);
        if (round === 1) harness.directory.cutAt = harness.directory.sent + 1_500;
      });
      expect(error).toBe('ADJ-IMP-1001');
      expect(harness.receiver.removals).toEqual([]);
      harness.directory.cutAt = undefined;
      await harness.deltas(60, (round) =>
        harness.state.set(users[round] ?? '', 'displayName', `Again ${String(round)}`),
      );
      expect(harness.receiver.removals).toEqual([`object ${gone}`]);
    },
    LONG_MS,
  );
});
