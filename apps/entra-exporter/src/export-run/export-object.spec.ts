import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { ExportMessage } from '@adjoin/contracts';
import { startSimulator, type RunningSimulator } from '@adjoin/entra-simulator';
import { GraphApi, GraphBatcher, ensureAnchorExtension, readDomains } from '@adjoin/graph';
import { CheckedTransport } from '../testing/wire-log.js';
import { PrivilegedUsers } from '../tenant/privileged-users.js';
import { DirectoryLookup } from './directory-lookup.js';
import type { Known } from '../target/directory-target.js';
import { exportObject, type ExportContext } from './export-object.js';
import type { Outcome } from './outcome.js';

let simulator: RunningSimulator;
let api: GraphApi;
let transport: CheckedTransport;
let context: ExportContext;
const admitted = { epoch: 0 };
const clock = { now: Date.now() };

beforeAll(async () => {
  simulator = await startSimulator({ allowDeviceCreate: true });
  transport = new CheckedTransport(simulator.ca);
  api = new GraphApi({
    graphUrl: simulator.baseUrl,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    transport,
  });
  const tenant = {
    domains: await readDomains(api),
    anchorExtension: await ensureAnchorExtension(api, simulator.clientId),
  };
  const batcher = new GraphBatcher({
    send: (body) => api.call('POST', '/$batch', { body }),
    delay: (_ms, then) => void setImmediate(then),
  });
  context = {
    api,
    batcher,
    lookup: new DirectoryLookup(batcher),
    tenant,
    windowMs: 30_000,
    matching: { hardMatch: 'allow', softMatch: 'address-and-name' },
    privileged: new PrivilegedUsers(api),
    admits: (epoch) => epoch >= admitted.epoch,
    now: () => clock.now,
  };
});
beforeEach(() => faults([]));
afterAll(async () => {
  transport.close();
  await simulator.close();
});

const faults = (rules: readonly object[]) =>
  fetch(`${simulator.adminUrl}/faults`, {
    method: 'PUT',
    body: JSON.stringify(rules),
    headers: { 'content-type': 'application/json' },
  });
const nothing: Known = { intent: undefined, applied: undefined };
const intentAt = (message: ExportMessage, ageMs: number): Known => ({
  ...nothing,
  intent: {
    id: message.objectId,
    version: 1,
    anchor: message.sourceAnchor,
    type: message.objectType,
    startedAt: new Date(clock.now - ageMs),
  },
});
function aUser(more: Partial<ExportMessage> = {}): ExportMessage {
  const name = randomUUID().slice(0, 8);
  return {
    target: 'entra',
    objectId: name,
    version: 1,
    epoch: 0,
    lane: 'normal',
    releasedAt: new Date().toISOString(),
    operation: 'add',
    objectType: 'user',
    sourceAnchor: Buffer.from(name).toString('base64'),
    name: `${name}@corp.test`,
    attributes: { displayName: name, userPrincipalName: `${name}@corp.test`, accountEnabled: true },
    ...more,
  };
}
const aGroup = (members: readonly string[] = [], more: Partial<ExportMessage> = {}): ExportMessage =>
  aUser({
    objectType: 'group',
    attributes: { displayName: 'A group', securityEnabled: true },
    references: { member: { add: members.map((cloudId) => ({ mv: `mv-${cloudId}`, cloudId })), remove: [] } },
    ...more,
  });
async function created(message: ExportMessage): Promise<string> {
  const outcome = await exportObject(context, message, nothing);
  if (outcome.cloudId === undefined) throw new Error(`not created: ${outcome.error?.message ?? outcome.kind}`);
  return outcome.cloudId;
}
const users = async (anchor: string): Promise<number> => {
  const body = (await api.must(
    'GET',
    `/users?$filter=${encodeURIComponent(`onPremisesImmutableId eq '${anchor}'`)}&$select=id`,
    'x',
  )) as { value: unknown[] };
  return body.value.length;
};
const memberCount = async (group: string): Promise<number> =>
  ((await api.must('GET', `/groups/${group}/members?$select=id&$top=999`, 'x')) as { value: unknown[] }).value.length;
const kindOf = (outcome: Outcome) => [outcome.kind, outcome.error?.code];

describe('exportObject', () => {
  it('creates a user with the anchor, and finds it again instead of a second create', async () => {
    const message = aUser();
    const first = await exportObject(context, message, nothing);
    const again = await exportObject(context, message, nothing);
    expect([first.kind, again.kind, again.cloudId]).toEqual(['applied', 'applied', first.cloudId]);
    expect(await users(message.sourceAnchor)).toBe(1);
  });

  it('waits out the consistency window of an open intent, then adopts what the lost create made', async () => {
    const message = aUser();
    await faults([{ method: 'POST', path: '^/users$', drop: true, when: 'after', count: 1 }]);
    const lost = await exportObject(context, message, nothing);
    expect([lost.kind, lost.open]).toEqual(['deferred', true]);
    const early = await exportObject(context, message, intentAt(message, 1000));
    expect([early.kind, early.open, early.retryAfterMs]).toEqual(['deferred', true, 29_000]);
    const late = await exportObject(context, message, intentAt(message, 31_000));
    expect(late.kind).toBe('applied');
    expect(await users(message.sourceAnchor)).toBe(1);
  });

  it('does not make a second group after a create without an answer', async () => {
    const message = aGroup();
    await faults([{ method: 'POST', path: '^/groups$', status: 504, when: 'after', count: 1 }]);
    const lost = await exportObject(context, message, nothing);
    const late = await exportObject(context, message, intentAt(message, 31_000));
    const found = await context.lookup.find(message, context.tenant, 0);
    expect([lost.kind, late.kind, found]).toEqual(['deferred', 'applied', { kind: 'found', cloudId: late.cloudId }]);
  });

  it('restores a user from the recycle bin instead of creating another', async () => {
    const message = aUser();
    const cloudId = await created(message);
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    const back = await exportObject(context, { ...message, version: 3 }, nothing);
    expect([back.kind, back.cloudId]).toEqual(['applied', cloudId]);
  });

  it('tells the memberships that a restore brought back', async () => {
    const message = aUser();
    const cloudId = await created(message);
    const group = await created(aGroup([cloudId]));
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    const back = await exportObject(context, { ...message, version: 3 }, nothing);
    expect(back.restored).toEqual({ memberOf: [group], members: [] });
  });

  it('tells the members that came back with a Microsoft 365 group', async () => {
    const member = await created(aUser());
    const message = aGroup([member], { attributes: { displayName: 'Choir', groupTypes: ['Unified'] } });
    const cloudId = await created(message);
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    const back = await exportObject(context, { ...message, version: 3, references: undefined }, nothing);
    expect(back.restored).toEqual({ memberOf: [], members: [member] });
  });

  it('tells the memberships also when the answer to the restore was lost', async () => {
    const message = aUser();
    const cloudId = await created(message);
    const group = await created(aGroup([cloudId]));
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    await faults([{ method: 'POST', path: '/restore$', status: 504, when: 'after', count: 1 }]);
    await exportObject(context, { ...message, version: 3 }, nothing);
    const late = await exportObject(context, { ...message, version: 4 }, intentAt(message, 31_000));
    expect([late.cloudId, late.restored]).toEqual([cloudId, { memberOf: [group], members: [] }]);
  });

  it('makes a Microsoft 365 group, and restores it from the recycle bin', async () => {
    const attributes = { displayName: 'Team', groupTypes: ['Unified'] };
    const message = aGroup([], { attributes });
    const cloudId = await created(message);
    expect((await api.call('GET', `/groups/${cloudId}`)).body).toMatchObject({
      groupTypes: ['Unified'],
      mailEnabled: true,
      securityEnabled: false,
    });
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    const back = await exportObject(context, { ...message, version: 3 }, nothing);
    expect([back.kind, back.cloudId]).toEqual(['applied', cloudId]);
  });

  it('makes a security group anew, since a deleted one cannot be restored', async () => {
    const message = aGroup();
    const cloudId = await created(message);
    await exportObject(context, { ...message, operation: 'delete', cloudId, attributes: {} }, nothing);
    const back = await exportObject(context, { ...message, version: 3 }, nothing);
    expect([back.kind, back.cloudId === cloudId]).toEqual(['applied', false]);
  });

  it('finds what others deleted in the recycle bin', async () => {
    const user = aUser();
    const team = aGroup([], { attributes: { displayName: 'Crew', groupTypes: ['Unified'] } });
    const ids = [await created(user), await created(team)];
    await api.must('DELETE', `/users/${ids[0] ?? ''}`, 'x');
    await api.must('DELETE', `/groups/${ids[1] ?? ''}`, 'x');
    const lookup = new DirectoryLookup(context.batcher);
    await lookup.knowRecycleBin(api, context.tenant.anchorExtension);
    expect([lookup.recycled(user), lookup.recycled(team)]).toEqual(ids);
  });

  it('creates the user under the initial domain when its suffix is not verified, and under a placeholder when that name is taken', async () => {
    const first = aUser({ attributes: { displayName: 'P', userPrincipalName: 'p3@other.test' } });
    const second = aUser({ attributes: { displayName: 'P', userPrincipalName: 'p3@third.test' } });
    const one = await exportObject(context, first, nothing);
    const two = await exportObject(context, second, nothing);
    expect(one.shadows?.['userPrincipalName']).toEqual({
      asked: 'p3@other.test',
      sent: `p3@${simulator.initialDomain}`,
    });
    expect(two.shadows?.['userPrincipalName']?.sent).toMatch(/^p3\d{4}@adjoinlab\.onmicrosoft\.com$/);
  });

  it('fails a change to a value that another object has, with the name of the property', async () => {
    const taken = aUser();
    await created(taken);
    const cloudId = await created(aUser());
    const change = aUser({ operation: 'update', cloudId, attributes: { userPrincipalName: taken.name ?? '' } });
    const outcome = await exportObject(context, change, nothing);
    expect(kindOf(outcome)).toEqual(['failed', 'ADJ-EXP-3007']);
    expect(outcome.error?.message).toContain('userPrincipalName');
  });

  it('sets and clears the manager', async () => {
    const boss = await created(aUser());
    const message = aUser();
    const cloudId = await created({ ...message, attributes: { ...message.attributes, manager: { $ref: boss } } });
    expect((await api.call('GET', `/users/${cloudId}/manager`)).body).toMatchObject({ id: boss });
    const cleared = await exportObject(
      context,
      aUser({ operation: 'update', cloudId, attributes: { manager: null } }),
      nothing,
    );
    const twice = await exportObject(
      context,
      aUser({ operation: 'update', cloudId, attributes: { manager: null } }),
      nothing,
    );
    expect([cleared.kind, twice.kind]).toEqual(['applied', 'applied']);
  });

  it('keeps a user whose manager is not there yet and asks to come back', async () => {
    const message = aUser();
    const outcome = await exportObject(
      context,
      { ...message, attributes: { ...message.attributes, manager: { $ref: randomUUID() } } },
      nothing,
    );
    expect([outcome.kind, outcome.created, typeof outcome.cloudId]).toEqual(['deferred', true, 'string']);
  });

  it('reports an update of an object that is gone as missing, and its delete as applied', async () => {
    const cloudId = randomUUID();
    const update = await exportObject(
      context,
      aUser({ operation: 'update', cloudId, attributes: { department: 'x' } }),
      nothing,
    );
    const remove = await exportObject(context, aUser({ operation: 'delete', cloudId, attributes: {} }), nothing);
    expect([update.kind, remove.kind]).toEqual(['missing', 'applied']);
  });

  it('sends nothing under an old gate epoch', async () => {
    admitted.epoch = 5;
    const message = aUser({ epoch: 4 });
    const outcome = await exportObject(context, message, nothing);
    admitted.epoch = 0;
    expect([outcome.kind, await users(message.sourceAnchor)]).toEqual(['stale-gate', 0]);
  });

  it('defers while the application lacks a permission', async () => {
    await faults([{ method: 'POST', path: '^/users$', status: 403 }]);
    expect(kindOf(await exportObject(context, aUser(), nothing))).toEqual(['deferred', 'ADJ-EXP-3003']);
  });

  it('creates a device with its anchor', async () => {
    const message = aUser({
      objectType: 'device',
      attributes: {
        displayName: 'PC1',
        deviceId: randomUUID(),
        accountEnabled: true,
        deviceOSType: 'Windows',
        deviceOSVersion: '10',
      },
    });
    const outcome = await exportObject(context, message, nothing);
    expect([outcome.kind, await context.lookup.find(message, context.tenant, 0)]).toEqual([
      'applied',
      { kind: 'found', cloudId: outcome.cloudId },
    ]);
  });

  it('sends no request for a contact', async () => {
    expect(kindOf(await exportObject(context, aUser({ objectType: 'contact' }), nothing))).toEqual([
      'failed',
      'ADJ-EXP-3008',
    ]);
  });
});

describe('members', () => {
  it('adds 45 members, takes the same message again, and removes by reference only', async () => {
    const ids = await Promise.all(Array.from({ length: 45 }, () => created(aUser())));
    const message = aGroup(ids);
    const group = await created(message);
    expect(await memberCount(group)).toBe(45);
    const again = await exportObject(context, { ...message, operation: 'update', cloudId: group }, nothing);
    expect([again.references?.['member']?.added.length, again.references?.['member']?.failed]).toEqual([45, []]);
    const [first = ''] = ids;
    const remove = { member: { add: [], remove: [{ mv: 'm', cloudId: first }] } };
    const removed = await exportObject(
      context,
      aGroup([], { operation: 'update', cloudId: group, references: remove }),
      nothing,
    );
    const twice = await exportObject(
      context,
      aGroup([], { operation: 'update', cloudId: group, references: remove }),
      nothing,
    );
    expect([removed.references?.['member']?.removed, twice.references?.['member']?.removed]).toEqual([['m'], ['m']]);
    expect([await memberCount(group), (await api.call('GET', `/users/${first}`)).status]).toEqual([44, 200]);
  });

  it('adds the others when one member does not exist, and calls that one worth another try', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => created(aUser())));
    const missing = randomUUID();
    const outcome = await exportObject(context, aGroup([...ids, missing]), nothing);
    expect(outcome.kind).toBe('applied');
    expect(outcome.references?.['member']?.added).toHaveLength(3);
    expect(outcome.references?.['member']?.failed).toEqual([
      { mv: `mv-${missing}`, code: 'ADJ-EXP-3006', retryable: true },
    ]);
  });
});
