import { API, type DeletionHoldDetail } from '@adjoin/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjoin } from './support/adjoin.js';
import { containerOf } from './support/directory.js';
import { Lab } from './support/lab.js';
import { metric } from './support/metrics.js';
import { deletions, expectChangeArrives, readIds, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

const USERS = 100;
const THRESHOLD = 20;
const LEAVING = 30;

describe('more deletions than the threshold', () => {
  let lab: Lab;
  /** Users who left the scope, with their former container and cloud id. */
  let left: readonly { readonly dn: string; readonly home: string; readonly anchor: string; readonly id: string }[] =
    [];
  let hold: DeletionHoldDetail | undefined;
  let before = 0;

  beforeAll(async () => {
    lab = await Lab.openReady({ name: 'deletions', users: USERS });
    await waitUntilEqual(lab, 'after the first synchronization');
  });
  afterAll(async () => lab?.close());

  it('are held, while every other change arrives', async () => {
    const set = await adjoin(lab, 'settings', 'set', 'deletionThreshold.count', String(THRESHOLD));
    expect(set).toMatchObject({ exit: 0, json: { value: THRESHOLD } });
    before = await lab.simulator.last();
    const ids = await readIds(lab.graph);
    const directory = await lab.directory();
    const leaving = (await directory.plainUsers()).slice(0, LEAVING);
    expect(leaving).toHaveLength(LEAVING);
    left = [];
    for (const { dn, anchor } of leaving) {
      const moved = await directory.move(dn, lab.forest.outOfScopeOu);
      left = [...left, { dn: moved, home: containerOf(dn), anchor, id: ids.get(anchor) ?? '' }];
    }
    hold = await waitFor(lab, `a hold of ${LEAVING} deletions`, async () => {
      const { json } = await adjoin(lab, 'deletions', 'list');
      const open = API.deletions.answer.parse(json).items.filter(({ status }) => status === 'held');
      return open.find(({ count }) => count === LEAVING);
    });
    await expectChangeArrives(lab, 'While deletions are held');
    expect(await deletedIds(lab, before), 'users deleted in the tenant').toEqual([]);
    expect(new Set(hold.items.map(({ name }) => name)).size).toBe(LEAVING);
  });

  it('show in list, status and metric alike', async () => {
    expect((await adjoin(lab, 'deletions', 'list')).exit, 'exit code: 3, a hold waits').toBe(3);
    const status = await waitFor(lab, 'adjoin status to end with 3, something is held', async () => {
      const result = await adjoin(lab, 'status');
      return result.exit === 3 ? result : undefined;
    });
    expect(status.json).toMatchObject({ held: { exports: LEAVING, deletions: LEAVING, deletionHolds: 1 } });
    const gate = (await lab.controlPlane.status()).gates.find((one) => one.gate === 'deletion-threshold');
    expect(gate?.reason).toContain(String(LEAVING));
    await waitFor(
      lab,
      `metric adjoin_engine_held_exports of ${LEAVING}`,
      async () => (await metric(lab, 'sync-engine', 'adjoin_engine_held_exports')) === LEAVING,
    );
  });

  it('go out when their hold is approved, exactly those', async () => {
    const approved = await adjoin(lab, 'deletions', 'approve', hold?.id ?? '');
    expect(approved).toMatchObject({ exit: 0, json: { count: LEAVING } });
    const gone = await waitFor(lab, `${LEAVING} users to leave the tenant`, async () => {
      const ids = await deletedIds(lab, before);
      return ids.length >= LEAVING ? ids : undefined;
    });
    expect([...gone].sort()).toEqual(left.map(({ id }) => id).sort());
    await waitUntilEqual(lab, 'after the approved deletions');
    expect((await deletions(lab, before)).filter((line) => line.startsWith('deleted'))).toHaveLength(LEAVING);
  });

  it('are undone for a user who comes back: the same object returns from the recycle bin', async () => {
    const [user] = left;
    if (user === undefined) throw new Error('Nobody left.');
    const directory = await lab.directory();
    await directory.move(user.dn, user.home);
    await waitUntilEqual(lab, 'after a user came back');
    expect((await readIds(lab.graph)).get(user.anchor), 'cloud id of the returned user').toBe(user.id);
    const changes = await lab.simulator.changes(before);
    expect(changes.filter(({ id }) => id === user.id).map(({ kind }) => kind)).toContain('restored');
  });
});

/** Ids of users that were deleted after a change number. */
async function deletedIds(lab: Lab, since: number): Promise<readonly string[]> {
  const changes = await lab.simulator.changes(since);
  return changes.filter(({ kind, type }) => kind === 'deleted' && type === 'user').map(({ id }) => id);
}
