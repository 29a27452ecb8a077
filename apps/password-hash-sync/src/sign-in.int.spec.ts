import { mapConcurrent } from '@adjoin/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, ForestHarness, NO_FOREST } from './testing/forest-harness.js';
import { randomPassword, type LabUser } from './testing/lab-directory.js';
import { SimulatedTarget } from './testing/simulated-target.js';

const USERS = 1000;

describe.skipIf(NO_FOREST)('sign-in to the simulator of Entra ID', { timeout: 400_000 }, () => {
  let harness: ForestHarness;
  let target: SimulatedTarget;

  beforeAll(async () => {
    harness = await ForestHarness.open();
    target = await SimulatedTarget.open();
    harness.target = target;
  });
  afterAll(async () => {
    await harness.close();
    await target.close();
  });

  async function bring(users: readonly LabUser[]): Promise<readonly string[]> {
    const ids = await target.create(users);
    await harness.publish(...users.map((user, index) => ({ user, change: { cloudId: ids[index] } })));
    return ids;
  }

  it(`works for each of ${String(USERS)} users with a random password beyond ASCII, and with no other password`, async () => {
    const passwords = Array.from({ length: USERS }, randomPassword);
    const users = await mapConcurrent(passwords, 4, (password, n) =>
      harness.directory.addUser(`u${String(n)}`, password),
    );
    await bring(users);
    harness.start();
    const states = harness.mongo.db.collection('passwordStates');
    const sent = { connector: harness.connector, 'result.status': 'Success' };
    await eventually(async () => expect(await states.countDocuments(sent)).toBe(USERS));
    const wrong = await mapConcurrent(users, 16, async (user, n) => {
      const password = passwords[n] ?? '';
      const right = await target.signsIn(user, password);
      const other = await target.signsIn(user, `${password}x`);
      return right && !other ? [] : [user.name];
    });
    expect(wrong.flat()).toEqual([]);
  });

  it('does not begin to work for an account that holds a directory role', async () => {
    const password = randomPassword();
    const user = await harness.directory.addUser('admin', password);
    const ids = await target.create([user]);
    await target.assignRole('Helpdesk Administrator', ids);
    // Who holds a role is remembered for 15 s.
    await new Promise((resolve) => setTimeout(resolve, 16_000));
    await harness.publish({ user, change: { cloudId: ids[0] } });
    await eventually(async () => expect((await harness.state(user))?.result).toMatchObject({ code: 'ADJ-PHS-7102' }));
    expect(await target.signsIn(user, password)).toBe(false);
  });
});
