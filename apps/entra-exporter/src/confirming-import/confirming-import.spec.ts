import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionForKey, type ChangeMessage, type ObjectChange, type RunMarker } from '@adjoin/contracts';
import { startSimulator, type RunningSimulator } from '@adjoin/entra-simulator';
import { GraphApi, GraphBatcher, ensureAnchorExtension, readDomains } from '@adjoin/graph';
import type { OutgoingMessage } from '@adjoin/shared';
import { CheckedTransport } from '../testing/wire-log.js';
import { checkAbsence } from './absence-check.js';
import { Sequence } from './change-publisher.js';
import { deltaImport } from './delta-import.js';
import { fullImport } from './full-import.js';
import type { ImportContext } from './import-context.js';
import type { ImportCursor } from './import-cursor.store.js';

const PARTITIONS = 3;
let simulator: RunningSimulator;
let api: GraphApi;
let transport: CheckedTransport;
let sent: OutgoingMessage[] = [];
let cursor: ImportCursor = {};
let context: ImportContext;

beforeAll(async () => {
  simulator = await startSimulator({ deltaPageSize: 2 });
  transport = new CheckedTransport(simulator.ca);
  api = new GraphApi({
    graphUrl: simulator.baseUrl,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    transport,
  });
});
afterAll(async () => {
  transport.close();
  await simulator.close();
});
beforeEach(async () => {
  await fetch(`${simulator.adminUrl}/reset`, { method: 'POST' });
  sent = [];
  cursor = {};
  const parts = {
    api,
    batcher: new GraphBatcher({ send: (body) => api.call('POST', '/$batch', { body }) }),
    tenant: { domains: await readDomains(api), anchorExtension: await ensureAnchorExtension(api, simulator.clientId) },
    target: {
      producer: {
        send: async (_topic: string, messages: readonly OutgoingMessage[]) => void sent.push(...messages),
        close: async () => undefined,
      },
      topic: 'changes',
      kafkaPartitions: PARTITIONS,
      connector: 'entra',
    },
    sequence: new Sequence(7),
    cursor: {
      epoch: 7,
      get current() {
        return cursor;
      },
      save: async (change: ImportCursor) => void (cursor = { ...cursor, ...change }),
    },
    shadows: { load: async () => new Map() },
    metrics: { imported: () => undefined },
    signal: new AbortController().signal,
    usersRemoved: () => undefined,
    reported: new Map<string, number>(),
  };
  context = parts as unknown as ImportContext;
});

const run = (id: string) => ({ id, attempt: 1, acceptFewer: false });
const messages = () => sent.map((message) => message.value as ChangeMessage);
const objects = (): ObjectChange[] => messages().filter((message) => message.kind === 'object');
const markers = (): RunMarker[] => messages().filter((message) => message.kind === 'marker');
const about = (anchor: string) => objects().filter((change) => change.anchor === anchor);

async function aUser(name: string, anchor?: string): Promise<string> {
  const body = {
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@corp.test`,
    accountEnabled: true,
    passwordProfile: { password: 'Some-Passw0rd!', forceChangePasswordNextSignIn: false },
    ...(anchor === undefined ? {} : { onPremisesImmutableId: anchor }),
  };
  return ((await api.must('POST', '/users', 'x', { body })) as { id: string }).id;
}
async function aGroup(members: readonly string[]): Promise<string> {
  const body = {
    displayName: 'g',
    mailNickname: 'g',
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
    'members@odata.bind': members.map((id) => `${api.baseUrl}/directoryObjects/${id}`),
  };
  return ((await api.must('POST', '/groups', 'x', { body })) as { id: string }).id;
}
/** Every marker states exactly what was sent to its partition, and every message lies where its key says. */
function expectExactMarkers(): void {
  for (const marker of markers()) {
    const there = sent.filter(
      (message) => message.partition === marker.kafkaPartition && (message.value as ChangeMessage).kind !== 'marker',
    );
    expect(marker.sent).toBe(there.length);
  }
  for (const message of sent)
    if ((message.value as ChangeMessage).kind === 'object')
      expect(message.partition).toBe(partitionForKey(message.key, PARTITIONS));
}

describe('full import', () => {
  it('publishes every object whole, members as sets, the seen anchors and exact markers', async () => {
    const ours = await aUser('kim', 'anchor-1');
    const other = await aUser('lee');
    const many = await Promise.all(Array.from({ length: 18 }, (_, index) => aUser(`u${index}`)));
    await api.call('PUT', `/users/${ours}/manager/$ref`, {
      body: { '@odata.id': `${api.baseUrl}/directoryObjects/${other}` },
    });
    const group = await aGroup([ours, other, ...many]);
    const empty = await aGroup([]);
    const result = await fullImport(context, run('r1'));
    expect(result).toMatchObject({ objects: 22, complete: true });
    expect(about(ours)[0]).toMatchObject({
      op: 'whole',
      objectType: 'user',
      dn: `CN={${Buffer.from('anchor-1').toString('hex').toUpperCase()}}`,
      attributes: {
        sourceAnchor: 'anchor-1',
        cloudAnchor: `User_${ours}`,
        cloudMastered: false,
        manager: { $ref: other },
      },
    });
    expect(about(other)[0]?.attributes).toMatchObject({ cloudMastered: true });
    const sets = about(group).flatMap((change) => change.references?.['member'] ?? []);
    expect(sets.flatMap((set) => (set.mode === 'set' ? set.values.map((value) => value.$ref) : [])).sort()).toEqual(
      [ours, other, ...many].sort(),
    );
    expect(sets.at(-1)).toMatchObject({ last: true, count: 20 });
    expect(about(empty).at(-1)?.references?.['member']).toMatchObject({
      mode: 'set',
      last: true,
      count: 0,
      values: [],
    });
    expect(
      messages()
        .flatMap((message) => (message.kind === 'seen' ? message.anchors : []))
        .sort(),
    ).toEqual([ours, other, ...many, group, empty].sort());
    expect(markers().map((marker) => marker.complete)).toEqual([true, true, true]);
    expectExactMarkers();
  });

  it('proves nothing when far fewer objects are there than before', async () => {
    await aUser('kim');
    cursor = { lastCompleteCount: 500 };
    const result = await fullImport(context, run('r1'));
    expect(result).toMatchObject({ complete: false, failure: { code: 'ADJ-IMP-1012' } });
    expect(markers().every((marker) => !marker.complete && marker.failure?.code === 'ADJ-IMP-1012')).toBe(true);
    expect(messages().some((message) => message.kind === 'seen')).toBe(false);
    expect(cursor.lastCompleteCount).toBe(500);
  });

  it('accepts fewer objects when the operator says so', async () => {
    cursor = { lastCompleteCount: 500 };
    expect(await fullImport(context, { ...run('r1'), acceptFewer: true })).toMatchObject({ complete: true });
    expect(cursor.lastCompleteCount).toBe(0);
  });

  it('ends with incomplete markers and keeps no link when a page is refused', async () => {
    await aUser('kim');
    await fetch(`${simulator.adminUrl}/faults`, {
      method: 'PUT',
      body: JSON.stringify([{ path: '^/groups/delta', status: 403 }]),
      headers: { 'content-type': 'application/json' },
    });
    await expect(fullImport(context, run('r1'))).rejects.toMatchObject({ code: 'ADJ-EXP-3003' });
    await fetch(`${simulator.adminUrl}/faults`, { method: 'DELETE' });
    expect([markers().every((marker) => !marker.complete), cursor.links]).toEqual([true, undefined]);
    expectExactMarkers();
  });
});

describe('delta import', () => {
  it('publishes nothing when nothing changed', async () => {
    await aUser('kim');
    await fullImport(context, run('r1'));
    sent = [];
    await deltaImport(context, run('r2'), false);
    expect(sent).toEqual([]);
  });

  it('reports new, changed and removed objects, managers and members', async () => {
    const kim = await aUser('kim', 'a1');
    const lee = await aUser('lee', 'a2');
    const group = await aGroup([kim]);
    await fullImport(context, run('r1'));
    context.reported.set(kim, Date.now()).set(lee, Date.now()).set(group, Date.now());
    sent = [];
    const fresh = await aUser('new', 'a3');
    await api.call('PATCH', `/users/${kim}`, { body: { department: 'HR' } });
    await api.call('PUT', `/users/${kim}/manager/$ref`, {
      body: { '@odata.id': `${api.baseUrl}/directoryObjects/${fresh}` },
    });
    await api.call('POST', `/groups/${group}/members/$ref`, {
      body: { '@odata.id': `${api.baseUrl}/directoryObjects/${fresh}` },
    });
    await api.call('DELETE', `/users/${lee}`);
    await deltaImport(context, run('r2'), false);
    expect(about(fresh).at(0)).toMatchObject({ op: 'whole', attributes: { sourceAnchor: 'a3', cloudMastered: false } });
    expect(about(kim).map((change) => change.op)).not.toContain('whole');
    expect(Object.assign({}, ...about(kim).map((change) => change.attributes))).toMatchObject({
      department: 'HR',
      manager: { $ref: fresh },
    });
    expect(about(group).flatMap((change) => change.references?.['member'] ?? [])).toContainEqual({
      mode: 'change',
      add: [{ $ref: fresh }],
      remove: [],
    });
    expect(about(lee)).toMatchObject([{ op: 'delete', reason: 'tombstone' }]);
    expectExactMarkers();
    sent = [];
    await api.call('DELETE', `/groups/${group}/members/${fresh}/$ref`);
    await deltaImport(context, run('r3'), false);
    expect(about(group)[0]?.references?.['member']).toEqual({ mode: 'change', add: [], remove: [{ $ref: fresh }] });
  });

  it('asks for a full import when the token expired, and deletes nothing', async () => {
    await fullImport(context, run('r1'));
    sent = [];
    await fetch(`${simulator.adminUrl}/reset`, { method: 'POST' });
    await expect(deltaImport(context, run('r2'), false)).rejects.toMatchObject({ code: 'ADJ-EXP-3009' });
    expect(objects()).toEqual([]);
  });
});

describe('confirmation of absence', () => {
  it('deletes only what a read by id does not find', async () => {
    const kim = await aUser('kim', 'a1');
    const gone = '00000000-0000-4000-8000-000000000001';
    await checkAbsence(
      context,
      {
        connector: 'entra',
        partition: 'tenant',
        run: { id: 'r1', attempt: 1, profile: 'full-import' },
        anchors: [kim, gone],
      },
      'c1',
    );
    expect(about(gone)).toMatchObject([{ op: 'delete', reason: 'confirmed-absent' }]);
    expect(about(kim)).toMatchObject([{ op: 'whole', attributes: { sourceAnchor: 'a1' } }]);
    expectExactMarkers();
  });
});
