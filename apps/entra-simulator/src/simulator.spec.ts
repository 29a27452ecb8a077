import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from './json.js';
import type { SimulatorOptions } from './options.js';
import type { RunningSimulator } from './simulator.js';
import { startSimulator } from './simulator.js';
import type { WireClient } from './testing/https-client.js';
import { wireClient } from './testing/https-client.js';
import { aUser } from './testing/service-under-test.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function running(options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  const client = wireClient(simulator);
  cleanup.push(() => simulator.close(), client.close);
  return { simulator, client, graph: await signedIn(simulator, client) };
}

async function signedIn(simulator: RunningSimulator, client: WireClient) {
  const token = String((await client.token()).body['access_token']);
  return (method: string, path: string, body?: Json) =>
    client.send(method, `${simulator.baseUrl}/v1.0${path}`, body, token);
}

async function admin(simulator: RunningSimulator, method: string, path: string, body?: unknown): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${simulator.adminUrl}${path}`, { method, ...sent });
  expect(response.status).toBe(200);
  return response.json();
}

function stateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-spec-'));
  cleanup.push(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

describe('the simulator over TLS', () => {
  it('serves Graph to a client that trusts its CA only', async () => {
    const { graph } = await running();
    expect((await graph('POST', '/users', aUser('ann', { userPrincipalName: 'ann@corp.test' }))).status).toBe(201);
    expect((await graph('GET', '/users')).body['value']).toHaveLength(1);
  });

  it('is not trusted without its CA', async () => {
    const { simulator } = await running();
    await expect(fetch(`${simulator.baseUrl}/v1.0/users`)).rejects.toThrow();
  });

  it('answers 401 in the shape of Graph without a valid token', async () => {
    const { simulator, client } = await running();
    const reply = await client.send('GET', `${simulator.baseUrl}/v1.0/users`, undefined, 'nonsense');
    expect(reply.status).toBe(401);
    expect(reply.body).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
    expect(reply.headers['www-authenticate']).toContain('Bearer');
  });

  it('keeps CA, tenant and client in its state folder, and the content in the data file', async () => {
    const folder = stateDir();
    const options = { stateDir: folder, dataFile: join(folder, 'data.json'), save: true };
    const first = await startSimulator(options);
    const client = wireClient(first);
    const graph = await signedIn(first, client);
    await graph('POST', '/users', aUser('ann'));
    const delta = String((await graph('GET', '/users/delta')).body['@odata.deltaLink']);
    client.close();
    await first.close();

    const second = await running(options);
    expect(second.simulator).toMatchObject({
      ca: first.ca,
      tenantId: first.tenantId,
      clientSecret: first.clientSecret,
    });
    expect((await second.graph('GET', '/users/ann@corp.test')).status).toBe(200);
    const path = delta.slice(delta.indexOf('/users/delta'));
    expect((await second.graph('GET', path)).body['value']).toEqual([]);
  });

  it('refuses a second start on a taken port', async () => {
    const { simulator } = await running();
    await expect(startSimulator({ port: Number(new URL(simulator.baseUrl).port) })).rejects.toThrow('EADDRINUSE');
  });

  it('drops the connection after a write took effect when a fault rule says so', async () => {
    const { simulator, graph } = await running();
    await admin(simulator, 'PUT', '/faults', [
      { method: 'POST', path: '^/users$', drop: true, when: 'after', count: 1 },
    ]);
    await expect(graph('POST', '/users', aUser('ann'))).rejects.toThrow();
    expect((await graph('GET', '/users/ann@corp.test')).status).toBe(200);
  });

  it('drops the connection before a write when a fault rule says so', async () => {
    const { simulator, graph } = await running();
    await admin(simulator, 'PUT', '/faults', [{ path: '^/\\$batch$', drop: true, count: 1 }]);
    const request = {
      id: '1',
      method: 'POST',
      url: '/users',
      headers: { 'content-type': 'application/json' },
      body: aUser('ann'),
    };
    await expect(graph('POST', '/$batch', { requests: [request] })).rejects.toThrow();
    expect((await graph('GET', '/users/ann@corp.test')).status).toBe(404);
  });
});

describe('the administration port', () => {
  it('is ready', async () => {
    const { simulator } = await running();
    expect(await admin(simulator, 'GET', '/readyz')).toEqual({ status: 'ok' });
  });

  it('wakes a waiting reader of changes', async () => {
    const { simulator, graph } = await running();
    const waiting = admin(simulator, 'GET', '/changes?since=0&waitMs=30000');
    await graph('POST', '/users', aUser('ann'));
    expect(await waiting).toMatchObject({
      last: 1,
      changes: [{ seq: 1, kind: 'created', type: 'user', cause: 'POST /users' }],
    });
  });

  it('tells each write once in the journal, with what changed', async () => {
    const { simulator, graph } = await running();
    await graph('POST', '/users', aUser('ann'));
    await graph('PATCH', '/users/ann@corp.test', { city: 'Bonn' });
    await graph('PATCH', '/users/ann@corp.test', { city: 'Bonn' });
    expect(await admin(simulator, 'GET', '/journal?since=1')).toMatchObject({
      last: 2,
      changes: [{ kind: 'updated', properties: ['city'], cause: 'PATCH /users/ann@corp.test' }],
    });
  });

  it('counts requests, refused writes and anchors that were created twice', async () => {
    const { simulator, graph } = await running();
    const ann = aUser('ann', { onPremisesImmutableId: 'AAAA' });
    await graph('POST', '/users', ann);
    await graph('POST', '/users', { ...ann, userPrincipalName: 'other@corp.test' });
    expect(await admin(simulator, 'GET', '/stats')).toMatchObject({
      objects: { users: 1 },
      requests: { 'POST /users': 2 },
      statuses: { '201': 1, '400': 1 },
      writes: 1,
      refusedWrites: 1,
      conflicts: { onPremisesImmutableId: 1 },
      duplicateAnchors: [],
    });
  });

  it('changes behaviour while running and keeps what is not named', async () => {
    const { simulator, graph } = await running();
    await admin(simulator, 'PUT', '/settings', { eventualMs: 60_000, throttle: { enabled: true } });
    expect(await admin(simulator, 'GET', '/settings')).toMatchObject({
      eventualMs: 60_000,
      tokenLifetimeSeconds: 3599,
      throttle: { enabled: true, writes: 3000 },
    });
    await graph('POST', '/users', aUser('ann'));
    expect((await graph('GET', '/users/ann@corp.test')).status).toBe(404);
  });

  it('exports and imports the content, and empties it; numbers of changes only grow', async () => {
    const { simulator, graph } = await running();
    await graph('POST', '/users', aUser('ann'));
    const state = await admin(simulator, 'GET', '/state');
    await admin(simulator, 'POST', '/reset');
    expect((await graph('GET', '/users')).body['value']).toEqual([]);
    await admin(simulator, 'PUT', '/state', state);
    expect((await graph('GET', '/users')).body['value']).toHaveLength(1);
    await graph('POST', '/users', aUser('bob'));
    expect(await admin(simulator, 'GET', '/changes?since=1')).toMatchObject({ changes: [{ seq: 2 }] });
  });

  it('makes tokens invalid on request', async () => {
    const { simulator, graph } = await running();
    await admin(simulator, 'POST', '/tokens/revoke');
    expect((await graph('GET', '/users')).status).toBe(401);
  });

  it('answers 400 with the reason to a fault rule that does nothing', async () => {
    const { simulator } = await running();
    const response = await fetch(`${simulator.adminUrl}/faults`, { method: 'PUT', body: '[{}]' });
    expect(response.status).toBe(400);
  });
});
