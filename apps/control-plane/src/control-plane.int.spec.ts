import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API, type ApiOperation } from '@adjoin/contracts';
import { connectMongo, createLogger, type MongoHandle } from '@adjoin/shared';
import { controlPlaneModule } from './control-plane.module.js';
import { configureHttp } from './http/configure.js';
import { folderValidator } from './rules/folder-validator.js';
import { sampleConfig } from './testing/sample-config.js';
import { seed } from './testing/seed.js';

const uri = process.env['ADJOIN_TEST_MONGO'];
const NOW = new Date('2026-01-01T01:00:00Z');

describe.skipIf(uri === undefined)('REST API of the control-plane', () => {
  let mongo: MongoHandle;
  let app: INestApplication;
  let base: string;

  beforeAll(async () => {
    const address = new URL(uri ?? '');
    address.pathname = `/control-plane-${randomUUID().slice(0, 8)}`;
    mongo = await connectMongo(address.href);
    const module = controlPlaneModule(
      {
        mongo,
        config: sampleConfig,
        clock: { now: () => NOW, newId: () => randomUUID() },
        processes: { gone: 'http://127.0.0.1:1' },
      },
      folderValidator(sampleConfig),
    );
    app = await NestFactory.create(module, { logger: false });
    configureHttp(app, { token: undefined }, createLogger('test', 'silent'));
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  beforeEach(async () => {
    await mongo.db.dropDatabase();
    await seed(mongo);
  });
  afterAll(async () => {
    await app.close();
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  async function call(
    operation: ApiOperation,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const { method, answer } = API[operation];
    const response = await fetch(`${base}/api/v1/${path}`, {
      method: method.toUpperCase(),
      headers: { 'content-type': 'application/json', 'x-adjoin-operator': 'tester' },
      ...(method === 'get' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const json = (await response.json()) as Record<string, unknown>;
    if (response.ok) answer.parse(json);
    return { status: response.status, body: json };
  }
  const ok = async (operation: ApiOperation, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(operation, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(API[operation].status);
    return answer.body;
  };

  it('counts the objects of which the target holds a value back', async () => {
    expect((await ok('status', 'status'))['held']).not.toHaveProperty('values');
    const shadows = mongo.db.collection<{ _id: string; values: object }>('shadowValues');
    await shadows.insertMany([
      { _id: 'duplicate', values: { mail: { asked: 'kim@corp.test', sent: null } } },
      { _id: 'substitute', values: { mailNickname: { asked: null, sent: 'kim' } } },
    ]);
    expect(await ok('status', 'status')).toMatchObject({ held: { values: 1 } });
    await shadows.deleteMany({});
  });

  it('reports connectors, gates, held counts and processes that do not answer', async () => {
    const status = await ok('status', 'status');
    expect(status).toMatchObject({
      ok: false,
      staging: 'off',
      held: { exports: 6, deletions: 1, deletionHolds: 1 },
      gates: [{ target: 'entra', gate: 'deletion-threshold', count: 6 }],
      targets: [{ name: 'entra', pending: { adds: 1, deletes: 6 } }],
    });
    expect(status['connectors']).toMatchObject([
      {
        name: 'corp',
        lastCompleteImport: { runId: 'run-1', at: '2026-01-01T00:30:00.000Z' },
        freshnessSeconds: 2,
        backlog: 1,
        errors: 1,
      },
      { name: 'entra', lastCompleteImport: null, freshnessSeconds: null },
    ]);
    expect(status['processes']).toMatchObject([
      { name: 'control-plane', ready: true },
      { name: 'gone', ready: false },
    ]);
  });

  it('works on an empty database', async () => {
    await mongo.db.dropDatabase();
    expect(await ok('status', 'status')).toMatchObject({ gates: [], held: { exports: 0 } });
    expect(await ok('runs', 'runs')).toEqual({ items: [], next: null });
    expect(await ok('rules', 'rules')).toEqual({ hash: null, epoch: null, rules: [] });
    expect(await ok('deletions', 'deletions')).toEqual({ items: [] });
  });

  it.each([
    ['dn=cn%3Dkim,OU%3DStaff,DC%3Dcorp,DC%3Dtest', ['cs-kim']],
    ['attribute=sAMAccountName%3DKIM', ['cs-kim']],
    ['attribute=userAccountControl%3D514', ['cs-kim']],
    ['attribute=objectGUID%3D00112233-4455-6677-8899-aabbccddeeff', ['cs-kim']],
    ['attribute=proxyAddresses%3Dsmtp:kim@corp.test&attribute=sAMAccountName%3Dkim', ['cs-kim']],
    ['attribute=sAMAccountName%3Dk.m', []],
    ['state=joined', ['cs-kim']],
    ['state=disjoined', ['cs-lee']],
    ['state=error', ['cs-lee']],
    ['state=dirty', ['cs-lee']],
    ['', ['cs-kim', 'cs-lee']],
  ])('finds connector-space objects by %s', async (query, ids) => {
    const page = await ok('csSearch', `connectors/corp/objects?${query}`);
    expect((page['items'] as { id: string }[]).map((item) => item.id)).toEqual(ids);
  });

  it('pages with a cursor', async () => {
    const first = await ok('csSearch', 'connectors/corp/objects?limit=1');
    expect(first['items']).toHaveLength(1);
    const second = await ok('csSearch', `connectors/corp/objects?limit=1&cursor=${String(first['next'])}`);
    expect(second).toMatchObject({ items: [{ id: 'cs-lee' }], next: null });
  });

  it.each([
    'cs-kim',
    '00112233-4455-6677-8899-AABBCCDDEEFF',
    'CN=Kim,OU=Staff,DC=corp,DC=test',
    'kim@CORP.test',
    'MyIRAFVEd2aImaq7zN3u/w==',
  ])('shows the connector-space and the metaverse object named %s', async (name) => {
    const cs = await ok('csShow', `connectors/corp/objects/${encodeURIComponent(name)}`);
    expect(cs).toMatchObject({
      id: 'cs-kim',
      link: { metaverse: 'mv-kim', rule: { name: 'In from AD - User Common' } },
      attributes: { userAccountControl: 514 },
    });
    const mv = await ok('mvShow', `metaverse/${encodeURIComponent(name)}`);
    expect(mv).toMatchObject({
      id: 'mv-kim',
      lineage: { accountEnabled: [{ connector: 'corp', ruleName: 'In from AD - User Common' }] },
      links: [{ connector: 'corp', dn: 'CN=Kim,OU=Staff,DC=corp,DC=test' }, { connector: 'entra' }],
    });
  });

  it('searches the metaverse by type and attributes', async () => {
    expect(await ok('mvSearch', 'metaverse?type=person&where=accountName%3DKim')).toMatchObject({
      items: [{ id: 'mv-kim', name: 'Kim@corp.test' }],
    });
    expect(await ok('mvSearch', 'metaverse?where=accountEnabled%3Dfalse')).toMatchObject({ items: [{ id: 'mv-kim' }] });
    expect(await ok('mvSearch', 'metaverse?type=group')).toMatchObject({ items: [{ id: 'mv-team' }] });
    expect(await ok('mvShow', 'metaverse/mv-team')).toMatchObject({
      references: [{ target: 'entra', attribute: 'member', desired: 2, exported: 1 }],
    });
  });

  it('lists pending exports and only the held ones', async () => {
    expect(await ok('exports', 'targets/entra/exports')).toMatchObject({
      held: 1,
      items: [{ id: 'tg-kim' }, { id: 'tg-max', operation: 'add' }],
    });
    expect(await ok('exports', 'targets/entra/exports?held=true')).toMatchObject({
      items: [{ id: 'tg-kim', name: 'Kim@corp.test', operation: 'delete', state: 'held', gate: 'deletion-threshold' }],
    });
    expect(await ok('exportShow', 'exports/tg-max')).toMatchObject({
      changes: { userPrincipalName: 'max@corp.test', accountEnabled: true },
      sourceAnchor: null,
    });
    expect((await call('exports', 'targets/corp/exports')).body).toMatchObject({ error: { code: 'ADJ-API-4004' } });
  });

  it('freezes the list of an approved deletion hold and refuses a second decision', async () => {
    const { items } = (await ok('deletions', 'deletions')) as { items: { id: string }[] };
    const id = items[0]?.id ?? '';
    expect(await ok('approveDeletions', `deletions/${id}/approve`)).toMatchObject({
      status: 'approved',
      decidedBy: 'tester',
    });
    const approvals = await mongo.db.collection('approvals').find().toArray();
    expect(approvals).toMatchObject([
      {
        kind: 'deletions',
        holdId: 'deletion-hold:entra:42',
        by: 'tester',
        items: [{ objectId: 'tg-kim', version: 1767225600000 }],
      },
    ]);
    expect((await call('discardDeletions', `deletions/${id}/discard`)).status).toBe(409);
    expect(await ok('status', 'status')).toMatchObject({ held: { deletionHolds: 0 } });
    expect(await mongo.db.collection('audit').countDocuments({ action: 'deletions.approve' })).toBe(1);
  });

  it('refuses to approve a list that has grown since it was shown', async () => {
    const { items } = (await ok('deletions', 'deletions')) as { items: { id: string }[] };
    const more = [
      { objectId: 'tg-kim', version: 1 },
      { objectId: 'tg-other', version: 2 },
    ];
    await mongo.db
      .collection<{ _id: string }>('engineState')
      .updateOne({ _id: 'deletion-hold:entra:42' }, { $set: { items: more, count: 2 } });
    expect(await call('approveDeletions', `deletions/${items[0]?.id ?? ''}/approve`)).toMatchObject({
      status: 409,
      body: { error: { code: 'ADJ-API-4006' } },
    });
    expect(await mongo.db.collection('approvals').countDocuments()).toBe(0);
  });

  it('calls every pending export held in staging mode', async () => {
    const staging = { gate: 'staging', reason: 'Staging mode is on: nothing is exported.' };
    await mongo.db
      .collection<{ _id: string }>('engineState')
      .updateOne({ _id: 'gates:entra' }, { $set: { gates: [staging] } });
    expect(await ok('exports', 'targets/entra/exports?held=true')).toMatchObject({
      held: 2,
      items: [{ gate: 'staging' }, { gate: 'staging' }],
    });
  });

  it('raises the gate epoch when a setting that holds exports changes, and only then', async () => {
    const epoch = async (): Promise<unknown> =>
      (await mongo.db.collection<{ _id: string; value?: unknown }>('settings').findOne({ _id: 'gateEpoch' }))?.value;
    expect(await ok('putSetting', 'settings/staging', { value: 'on' })).toMatchObject({
      key: 'staging',
      value: 'on',
      changed: { by: 'tester' },
    });
    expect(await epoch()).toBe(1);
    await ok('putSetting', 'settings/staging', { value: 'on' });
    await ok('putSetting', 'settings/confirmation.retryMinutes', { value: 5 });
    expect(await epoch()).toBe(1);
    await ok('putSetting', 'settings/deletionThreshold.count', { value: '100' });
    expect(await epoch()).toBe(2);
    expect(await ok('setting', 'settings/deletionThreshold.count')).toMatchObject({ value: 100, default: 500 });
    expect((await call('putSetting', 'settings/staging', { value: 'maybe' })).body).toMatchObject({
      error: { code: 'ADJ-API-4003' },
    });
    expect((await call('setting', 'settings/nothing')).status).toBe(404);
  });

  it('records a requested run and shows what the importer did with it', async () => {
    const started = await ok('startRun', 'runs', { connector: 'corp', profile: 'full-import' });
    expect(started).toMatchObject({ state: 'requested', requestedBy: 'tester' });
    const runId = String(started['id']);
    await mongo.db.collection('importRuns.corp').insertOne({
      runId,
      profile: 'full-import',
      partition: 'DC=corp,DC=test',
      attempt: 1,
      startedAt: NOW,
      endedAt: NOW,
      complete: true,
      status: 'success',
      counters: { objects: 5 },
    });
    expect(await ok('run', `runs/${runId}`)).toMatchObject({
      state: 'success',
      counters: { objects: 5 },
      steps: [{ partition: 'DC=corp,DC=test' }],
    });
    const listed = await ok('runs', 'runs?limit=2');
    expect(listed).toMatchObject({
      items: [{ id: runId }, { id: 'run-2', state: 'failed', error: { code: 'ADJ-IMP-1001' } }],
    });
    expect(await ok('runs', `runs?limit=2&cursor=${String(listed['next'])}`)).toMatchObject({
      items: [{ id: 'run-1', state: 'success' }],
      next: null,
    });
  });

  it('shows what the engine did with a synchronization run', async () => {
    const { id } = await ok('startRun', 'runs', { connector: 'corp', profile: 'full-sync' });
    expect(await mongo.db.collection('runs').findOne({ profile: 'full-sync' })).toMatchObject({
      _id: id,
      connector: 'corp',
      status: 'requested',
    });
    await mongo.db.collection<{ _id: string }>('engineState').insertOne({
      _id: `run-result:${String(id)}`,
      status: 'completed',
      startedAt: NOW,
      endedAt: NOW,
    } as {
      _id: string;
    });
    expect(await ok('run', `runs/${String(id)}`)).toMatchObject({ state: 'success' });
    expect((await call('startRun', 'runs', { connector: 'corp', profile: 'export' })).body).toMatchObject({
      error: { code: 'ADJ-API-4003' },
    });
  });

  it('checks rule files before the engine gets them', async () => {
    const broken = { files: [{ path: 'mine.yaml', content: 'rules:\n  - nonsense: 1\n' }] };
    const checked = await ok('validateRules', 'rules/validate', broken);
    expect(checked).toMatchObject({ ok: false });
    expect(JSON.stringify(checked['problems'])).toContain('mine.yaml');
    expect((await call('planRules', 'rules/plan', broken)).body).toMatchObject({ error: { code: 'ADJ-ENG-2001' } });
    expect(
      (await call('validateRules', 'rules/validate', { files: [{ path: '../up.yaml', content: '' }] })).status,
    ).toBe(400);
    expect(await mongo.db.collection('commands').countDocuments()).toBe(0);
  });

  it('answers coded errors for unknown objects, bad requests and unknown operations', async () => {
    expect(await call('mvShow', 'metaverse/nobody')).toMatchObject({
      status: 404,
      body: { error: { code: 'ADJ-API-4004', object: 'nobody' } },
    });
    expect(await call('csSearch', 'connectors/corp/objects?limit=5000')).toMatchObject({ status: 400 });
    expect(await call('csSearch', 'connectors/corp/objects?attribute=$where%3D1')).toMatchObject({ status: 400 });
    expect(await call('csSearch', 'connectors/nope/objects')).toMatchObject({ status: 404 });
    expect(await call('status', 'no-such-thing')).toMatchObject({
      status: 404,
      body: { error: { code: 'ADJ-API-4007' } },
    });
  });

  it('serves a handler for every operation of the API table', async () => {
    const document = (await (await fetch(`${base}/api/openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toHaveLength(new Set(Object.values(API).map((route) => route.path)).size + 1);
    for (const route of Object.values(API)) {
      const path = route.path.replace(/:connector/, 'corp').replace(/:\w+/g, 'unknown-name');
      const response = await fetch(base + path, {
        method: route.method.toUpperCase(),
        headers: { 'content-type': 'application/json' },
        ...(route.method === 'get' ? {} : { body: '{}' }),
      });
      expect(await response.text(), `${route.method} ${route.path}`).not.toContain('ADJ-API-4007');
    }
  });

  it('serves the status page under a strict content policy and streams status events', async () => {
    const page = await fetch(base);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('Held deletions');
    const stop = new AbortController();
    const events = await fetch(`${base}/api/v1/events`, { signal: stop.signal });
    const first = await events.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value as Uint8Array)).toMatch(/status|\n/);
    stop.abort();
  });
});
