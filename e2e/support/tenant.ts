import { compare, readTenant, type GraphReader } from '@adjoin/demo';
import { expect } from 'vitest';
import type { Lab } from './lab.js';
import { waitFor, waitForNone, type Waiting } from './wait-for.js';

/** Every difference between Active Directory and the tenant: counts, objects, attributes, managers and members. */
export async function differences(lab: Lab): Promise<readonly string[]> {
  const [expected, content] = await Promise.all([lab.expectation(), readTenant(lab.graph)]);
  const memberships = content.groups.reduce((sum, group) => sum + group.memberIds.length, 0);
  const shown = { users: content.users.length, groups: content.groups.length, memberships };
  const counts = (['users', 'groups', 'memberships'] as const).flatMap((name) =>
    shown[name] === expected.counts[name]
      ? []
      : [`${name}: ${expected.counts[name]} in AD, ${shown[name]} in the tenant`],
  );
  const values = compare(expected, content).map(
    ({ object, attribute, expected: wanted, actual }) =>
      `${object} ${attribute}: ${JSON.stringify(wanted)} in AD, ${JSON.stringify(actual)} in the tenant`,
  );
  return [...counts, ...values];
}

/** Waits until the tenant shows exactly what Active Directory holds. */
export async function waitUntilEqual(lab: Lab, when: string, waiting: Waiting = {}): Promise<void> {
  await waitForNone(lab, `the tenant to equal Active Directory ${when}`, () => differences(lab), {
    deadlineMs: 120_000,
    everyMs: 500,
    ...waiting,
  });
}

/** Nothing was created twice and nothing was ever deleted or removed, although it may have come back since. */
export async function expectNothingDoubledOrDeleted(lab: Lab): Promise<void> {
  const { duplicateAnchors } = await lab.simulator.stats();
  expect(duplicateAnchors, 'objects with the same source anchor').toEqual([]);
  expect(await deletions(lab), 'deletes and removals in the journal of the tenant').toEqual([]);
}

/** Deletes and removals of members in the tenant after a change number. */
export async function deletions(lab: Lab, since = 0): Promise<readonly string[]> {
  const lost = new Set(['deleted', 'purged', 'member-removed']);
  const changes = await lab.simulator.changes(since);
  return changes
    .filter(({ kind }) => lost.has(kind))
    .map(({ kind, type, id, cause }) => `${kind} ${type} ${id} by ${cause}`);
}

/** The tenant's user with a source anchor. */
export async function userByAnchor(lab: Lab, anchor: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const filter = encodeURIComponent(`onPremisesImmutableId eq '${anchor}'`);
  const [user] = await lab.graph.list(`/users?$filter=${filter}&$select=id,jobTitle,displayName,userPrincipalName`);
  return user;
}

/** Changes one attribute of one user by LDAP and waits until the tenant shows it. */
export async function expectChangeArrives(lab: Lab, title: string, waiting: Waiting = {}): Promise<void> {
  const directory = await lab.directory();
  const user = (await directory.plainUsers()).at(-1);
  if (user === undefined) throw new Error('The forest has no user to change.');
  await directory.replace(user.dn, 'title', title);
  await waitFor(
    lab,
    `title "${title}" of ${user.dn} to arrive`,
    async () => (await userByAnchor(lab, user.anchor))?.['jobTitle'] === title,
    { deadlineMs: 60_000, ...waiting },
  );
}

/** Cloud ids of the tenant's users by source anchor. */
export async function readIds(graph: GraphReader): Promise<ReadonlyMap<string, string>> {
  const users = await graph.list('/users?$select=id,onPremisesImmutableId&$top=999');
  return new Map(users.map((user) => [String(user['onPremisesImmutableId']), String(user['id'])]));
}
