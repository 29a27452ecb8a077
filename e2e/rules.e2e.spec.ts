import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDirectory, type DirectoryEntry } from '@adjoin/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjoin } from './support/adjoin.js';
import { Lab } from './support/lab.js';
import { differences, expectNothingDoubledOrDeleted, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

/** The default rules of the local stack without this department's users: `Error` fails an object. */
const DEPARTMENT = 'Sales';

function rules(displayName: string): string {
  return `rules:
  - name: In from AD - Lab display name
    description: A display name that the rule of a department spoils.
    precedence: 50
    connector: ad
    direction: inbound
    from: user
    to: person
    flows:
      displayName: ${displayName}
`;
}
const SPOILED = rules(
  `= IIF([department] = "${DEPARTMENT}", Error("no display name for ${DEPARTMENT}"), [displayName])`,
);
const CORRECTED = rules('displayName');

describe('a rule that fails for some objects', () => {
  let lab: Lab;
  let folder = '';
  let failing: readonly DirectoryEntry[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adjoin-rules-'));
    await writeFile(join(folder, 'lab.yaml'), SPOILED);
    lab = await Lab.openReady({ name: 'rules', overlays: [folder] });
    const entries = await readDirectory(lab.forest);
    failing = entries.filter(
      (entry) => entry.values.get('department')?.[0] === DEPARTMENT && !entry.classes.has('inetorgperson'),
    );
  });
  afterAll(async () => {
    await lab?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps these objects back with their error, and no other', async () => {
    expect(failing.length, `users of department ${DEPARTMENT}`).toBeGreaterThan(2);
    await waitFor(lab, `${failing.length} objects in error, and all other users in the tenant`, async () => {
      const { connectors } = await lab.controlPlane.status();
      const { users } = (await lab.simulator.stats()).objects;
      const expected = (await lab.expectation()).counts.users - failing.length;
      return connectors.find(({ name }) => name === 'corp')?.errors === failing.length && users === expected;
    });
    for (const { dn } of failing.slice(0, 3)) {
      const { error } = await lab.controlPlane.csShow('corp', dn);
      expect(error).toMatchObject({ code: 'sync-rule-error-function-triggered' });
      expect(error?.message).toContain(`no display name for ${DEPARTMENT}`);
    }
  });

  it('lets them through once it is corrected, without another read of Active Directory', async () => {
    const reads = await fullImports(lab);
    expect(reads, 'full imports before the correction').toHaveLength(1);
    await writeFile(join(folder, 'lab.yaml'), CORRECTED);
    const applied = await adjoin(lab, 'rules', 'apply', folder, '--yes');
    expect([0, 3], `adjoin rules apply: ${JSON.stringify(applied.json)} ${applied.stderr}`).toContain(applied.exit);
    await waitUntilEqual(lab, 'after the correction of the rule');
    await waitFor(lab, 'no object in error', async () =>
      (await lab.controlPlane.status()).connectors.every(({ errors }) => errors === 0),
    );
    expect(await fullImports(lab), 'full imports of Active Directory').toEqual(reads);
    expect(await differences(lab)).toEqual([]);
    await expectNothingDoubledOrDeleted(lab);
  });
});

/** Ids of full imports of the forest, finished or not. */
async function fullImports(lab: Lab): Promise<readonly string[]> {
  const runs = await lab.database
    .collection<{ _id: string; profile: string }>('importRuns.corp')
    .find({ profile: 'full-import' })
    .toArray();
  return runs.map(({ _id }) => _id);
}
