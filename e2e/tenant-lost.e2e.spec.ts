import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjoin } from './support/adjoin.js';
import { Lab } from './support/lab.js';
import { statusOf } from './support/status.js';
import { deletions, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

describe('a tenant that lost everything', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.openReady({ name: 'tenant-lost' });
    await waitUntilEqual(lab, 'after the first synchronization');
  });
  afterAll(async () => lab?.close());

  it('stops exports with a readable reason and leads to no deletion on either side', async () => {
    const before = await lab.expectation();
    await lab.simulator.reset();
    const gate = await waitFor(lab, 'the baseline gate of the tenant', async () =>
      (await lab.controlPlane.status()).gates.find((one) => one.gate === 'baseline' && one.reason.includes('entra')),
    );
    expect(gate.reason).toMatch(/ADJ-IMP-1012.*known objects/);

    const status = await waitFor(lab, 'adjoin status to end with 3, something is held', async () => {
      const result = await adjoin(lab, 'status');
      return result.exit === 3 ? result : undefined;
    });
    expect(statusOf(status).gates.map((one) => one.gate)).toContain('baseline');

    const { objects } = await lab.simulator.stats();
    expect(objects).toMatchObject({ users: 0, groups: 0, recycled: 0 });
    expect(await deletions(lab)).toEqual([]);
    const after = await lab.expectation();
    expect(after).toEqual(before);
    const pending = (await lab.controlPlane.status()).targets.reduce((sum, target) => sum + target.pending.deletes, 0);
    expect(pending, 'pending deletes').toBe(0);
  });
});
