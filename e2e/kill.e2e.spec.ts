import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { expectChangeArrives, expectNothingDoubledOrDeleted, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

const USERS = 200;
const GROUPS = 12;
/** Users the tenant takes before it asks to come back later: so many are there when a process is killed. */
const TAKEN = 80;

/** The tenant answers late, so that a killed exporter has written what nobody knows of, and takes no more than {@link TAKEN} users. */
async function slowTenant(lab: Lab): Promise<void> {
  await lab.simulator.setFaults([
    { method: 'POST', path: '^/users$', count: TAKEN, delayMs: 400 },
    { method: 'POST', path: '^/users$', status: 503, retryAfter: 1 },
  ]);
}

/** Resolves when the first synchronization is under way: 10 to 60 % of the users are in the tenant. */
async function waitUntilUnderWay(lab: Lab): Promise<void> {
  const users = await waitFor(
    lab,
    `the first users in the tenant`,
    async () => {
      const count = (await lab.simulator.stats()).objects.users;
      return count >= USERS / 10 ? count : undefined;
    },
    { everyMs: 20 },
  );
  expect(users, 'users in the tenant at the moment of the kill').toBeLessThanOrEqual(USERS * 0.6);
}

async function expectEverythingArrivesOnce(lab: Lab): Promise<void> {
  await waitUntilEqual(lab, 'after the kill and restart');
  await expectNothingDoubledOrDeleted(lab);
  await lab.forgetDirectory(); // its connection may have died with the controller
  await expectChangeArrives(lab, 'After the kill');
  await expectNothingDoubledOrDeleted(lab);
}

const MOMENT_MS = 100;

/**
 * Lets a process run in short slices until the condition holds, then kills it. A small import is over in a moment: only so is it certain that the
 * kill falls into its middle.
 */
async function killInTheMiddle(lab: Lab, name: string, isReached: () => Promise<boolean>): Promise<void> {
  const { pid } = lab.service(name);
  await waitFor(
    lab,
    `${name} to be in the middle of its work`,
    async () => {
      process.kill(pid, 'SIGSTOP');
      const reached = await isReached();
      if (!reached) {
        process.kill(pid, 'SIGCONT');
        await sleep(5);
      }
      return reached;
    },
    { everyMs: 0 },
  );
  await lab.service(name).kill9();
}

describe('a process that is killed in the middle of the first synchronization', () => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  it.for(['sync-engine', 'entra-exporter', 'control-plane', 'kafka', 'mongo', 'samba-corp'])(
    '%s: loses nothing, doubles nothing and deletes nothing',
    async (name) => {
      lab = await Lab.open({ name: 'kill', users: USERS, groups: GROUPS });
      await slowTenant(lab);
      await lab.startApps();
      await waitUntilUnderWay(lab);
      await lab.service(name).kill9();
      await lab.simulator.clearFaults();
      await lab.service(name).restart();
      await expectEverythingArrivesOnce(lab);
    },
  );

  it('ad-importer-corp: reads again, loses nothing, doubles nothing and deletes nothing', async () => {
    lab = await Lab.open({ name: 'kill', users: USERS, groups: GROUPS });
    const { database } = lab;
    await lab.start('control-plane');
    await Promise.all([lab.start('sync-engine'), lab.start('entra-exporter')]);
    const importer = await lab.prepare('ad-importer-corp');
    const end = importer.start().catch(() => undefined); // it is killed before it is ready
    const opened = lab;
    await waitFor(
      lab,
      'the importer to start its full import',
      async () =>
        opened
          .service('ad-importer-corp')
          .logTail(50)
          .some((line) => line.includes('import.started')),
      { everyMs: 5 },
    );
    const objects = database.collection('connectorObjects');
    // A read of this size is over soon: what comes first, objects in the engine or a moment of it, is the middle.
    const begun = performance.now();
    await killInTheMiddle(
      lab,
      'ad-importer-corp',
      async () => performance.now() - begun > MOMENT_MS || (await objects.countDocuments({ connector: 'corp' })) > 0,
    );
    await end;
    const runs = await database.collection('importRuns.corp').find({}).toArray();
    expect(
      runs.map((run) => run['status']),
      'the full import was cut',
    ).toEqual(['in-progress']);
    await lab.service('ad-importer-corp').restart();
    await expectEverythingArrivesOnce(lab);
  });
});
