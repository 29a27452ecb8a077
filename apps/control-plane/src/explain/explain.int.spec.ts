import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API, problemBody, type Explanation, type Preview } from '@adjoin/contracts';
import { connectMongo, createLogger, type MongoHandle } from '@adjoin/shared';
import { controlPlaneModule } from '../control-plane.module.js';
import { configureHttp } from '../http/configure.js';
import { folderValidator } from '../rules/folder-validator.js';
import { sampleConfig } from '../testing/sample-config.js';
import { adUser, synchronized } from '../testing/synchronized-space.js';
import { ActivePlan } from './active-plan.js';

const uri = process.env['ADJOIN_TEST_MONGO'];

describe.skipIf(uri === undefined)('explanation and preview', () => {
  let mongo: MongoHandle;
  let app: INestApplication;
  let base: string;

  beforeAll(async () => {
    const address = new URL(uri ?? '');
    address.pathname = `/explain-${randomUUID().slice(0, 8)}`;
    mongo = await connectMongo(address.href);
    const ports = {
      mongo,
      config: sampleConfig,
      clock: { now: () => new Date(), newId: () => randomUUID() },
      processes: {},
    };
    app = await NestFactory.create(controlPlaneModule(ports, folderValidator(sampleConfig)), { logger: false });
    configureHttp(app, { token: undefined }, createLogger('test', 'silent'));
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    await synchronized(mongo, await app.get(ActivePlan).get(), [
      adUser('kim', { mail: 'kim@corp.test', telephoneNumber: ' 1 ' }),
      adUser('sync_1', { adminDescription: 'User_no' }),
    ]);
  });
  afterAll(async () => {
    await app.close();
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  async function ask(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${base}/api/v1/${path}`, init);
    expect(response.ok, path).toBe(true);
    return response.json();
  }
  const explain = async (query: string): Promise<Explanation> =>
    API.explain.answer.parse(await ask(`explain?object=${encodeURIComponent(query)}`));
  const preview = async (query: string, mode = 'full'): Promise<Preview> =>
    API.preview.answer.parse(await ask(`preview?object=${encodeURIComponent(query)}&mode=${mode}`));
  const stored = async () => ({
    cs: await mongo.db.collection('connectorObjects').find().sort({ _id: 1 }).toArray(),
    mv: await mongo.db.collection('metaverseObjects').find().toArray(),
  });

  it('names the clause that keeps a rule out of scope, with the value that it saw', async () => {
    const { rules, metaverse, links } = await explain('CN=sync_1,OU=Staff,DC=corp,DC=test');
    expect(metaverse).toBeNull();
    expect(links).toMatchObject([{ action: 'not-linked' }]);
    const out = rules.filter(({ inScope }) => !inScope);
    const failing = out.flatMap((rule) => rule.failing);
    expect(failing).toContainEqual(expect.objectContaining({ attribute: 'adminDescription', seen: 'User_no' }));
    expect(out.map(({ reason }) => reason)).toContain('Not adminDescription NOTSTARTSWITH User_ (it is User_no).');
    expect(rules.filter(({ inScope }) => inScope).every(({ reason }) => reason !== '')).toBe(true);
  });

  it('shows winner and losers of an attribute, and the values of sub-expressions', async () => {
    const body = await ask(`explain?object=${encodeURIComponent('kim@corp.test')}&attribute=telephonenumber`);
    const { attributes, rules, metaverse } = API.explain.answer.parse(body);
    expect(metaverse).toMatchObject({ space: 'metaverse', name: 'kim@corp.test' });
    const inbound = attributes.find(({ direction }) => direction === 'inbound');
    expect(inbound).toMatchObject({ attribute: 'telephoneNumber', result: '1' });
    const winner = inbound?.contributions.find(({ verdict }) => verdict === 'won');
    expect(winner?.flow).toContain('telephoneNumber');
    expect(winner?.steps).toContainEqual(expect.objectContaining({ text: '[telephoneNumber]', value: ' 1 ' }));
    expect(attributes.map(({ direction }) => direction)).toContain('outbound');
    expect(rules.length).toBeGreaterThan(0);
  });

  it('shows for a joined object the joins that would find its metaverse object', async () => {
    const { joins } = await explain('corp|kim');
    const hits = joins.filter(({ object, matches }) => object === 'corp|kim' && matches.length === 1);
    expect(hits[0]?.matches[0]).toMatchObject({ space: 'metaverse', name: 'kim@corp.test' });
    expect(hits[0]?.conditions.length).toBeGreaterThan(0);
  });

  it('shows the pending export with the gate that keeps it back', async () => {
    await mongo.db.collection<{ _id: string }>('engineState').insertOne({
      _id: 'gates:entra',
      gates: [{ gate: 'staging', reason: 'Staging mode is on.', since: new Date(), count: 1 }],
    } as { _id: string });
    await mongo.db
      .collection('connectorObjects')
      .updateOne(
        { connector: 'entra' },
        { $set: { exp: { state: 'pending', lane: 1, nextAt: new Date(), decidedAt: 1, attempts: 0 } } },
      );
    const { exports } = await explain('kim@corp.test');
    expect(exports).toMatchObject([
      { target: 'entra', pending: { operation: 'add' }, export: { state: 'held', gate: 'staging' } },
    ]);
  });

  it('shows a name that the target holds back, and what it has instead', async () => {
    await mongo.db.collection('connectorObjects').updateOne({ connector: 'entra' }, { $set: { anchor: 'cloud-kim' } });
    await mongo.db.collection<{ _id: string; values: object }>('shadowValues').insertOne({
      _id: 'cloud-kim',
      values: {
        userPrincipalName: { asked: 'kim@corp.test', sent: 'kim1234@corp.onmicrosoft.com' },
        mailNickname: { asked: null, sent: 'kim' },
      },
    });
    const { exports } = await explain('kim@corp.test');
    expect(exports).toMatchObject([
      {
        target: 'entra',
        heldBack: [
          { attribute: 'userPrincipalName', wanted: 'kim@corp.test', present: 'kim1234@corp.onmicrosoft.com' },
        ],
      },
    ]);
    await mongo.db.collection('connectorObjects').updateOne({ connector: 'entra' }, { $set: { anchor: null } });
  });

  it('previews a change as differences, and writes nothing', async () => {
    await mongo.db
      .collection<{ _id: string }>('connectorObjects')
      .updateOne(
        { _id: 'corp|kim' },
        { $set: { 'imported.displayName': 'Kim K', dirtyAt: new Date(), dirtyReason: 'import' } },
      );
    const before = await stored();
    const shown = await preview('kim@corp.test', 'delta');
    expect(shown).toMatchObject({ due: true, error: null });
    expect(shown.metaverse).toMatchObject([{ action: 'update', name: 'kim@corp.test' }]);
    expect(shown.metaverse[0]?.differences).toContainEqual({ attribute: 'displayName', before: 'kim', after: 'Kim K' });
    expect(shown.exports[0]).toMatchObject({ operation: 'add', unchanged: false });
    expect(shown.exports[0]?.differences).toContainEqual({ attribute: 'displayName', before: null, after: 'Kim K' });
    expect(await stored()).toEqual(before);
  });

  it('previews nothing for an object that is not due, unless in full', async () => {
    const name = 'CN=sync_1,OU=Staff,DC=corp,DC=test';
    expect(await preview(name, 'delta')).toMatchObject({ due: false, links: [], metaverse: [] });
    expect((await preview(name)).links).toMatchObject([{ action: 'not-linked' }]);
  });

  it('commits by a record for the engine', async () => {
    const body = API.syncObject.answer.parse(
      await ask('preview/commit', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ object: 'kim@corp.test' }),
      }),
    );
    expect(body).toMatchObject({ kind: 'sync.object', status: 'requested' });
    const record = await mongo.db.collection<{ _id: string }>('commands').findOne({ _id: body.id });
    expect(record).toMatchObject({ objects: ['corp|kim'] });
  });

  it('says so when nothing has the name', async () => {
    const response = await fetch(`${base}/api/v1/explain?object=nobody`);
    expect(response.status).toBe(404);
  });

  it.each([
    ['explain?object=kin@corp.test', 404, 'kim@corp.test'],
    ['preview?object=CN=kim,OU=Elsewhere,DC=corp,DC=test', 404, 'kim@corp.test'],
    ['explain?object=kim@corp.test&attribute=telephonNumber', 400, 'telephoneNumber'],
  ])('suggests what was meant by %s', async (path, status, meant) => {
    const response = await fetch(`${base}/api/v1/${path}`);
    expect(response.status).toBe(status);
    expect(problemBody.parse(await response.json()).error.hint).toContain(`Did you mean "${meant}"`);
  });
});
