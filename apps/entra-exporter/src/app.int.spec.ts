import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adjoinConfig,
  changesTopic,
  exportsTopic,
  resultsTopic,
  type ExportMessage,
  type ResultMessage,
  type RunMarker,
} from '@adjoin/contracts';
import { startSimulator, type RunningSimulator } from '@adjoin/entra-simulator';
import {
  BatchConsumer,
  connectMongo,
  createKafka,
  createLogger,
  createProducer,
  parseEnv,
  supervise,
  type MessageProducer,
  type MongoHandle,
} from '@adjoin/shared';
import { checkRecordedWrites } from '@adjoin/testing';
import { buildExporter, type Exporter } from './app.js';
import { exporterEnv } from './config.js';

const brokers = process.env['ADJOIN_TEST_KAFKA'];
const mongoUri = process.env['ADJOIN_TEST_MONGO'];
const target = `entra-${randomBytes(4).toString('hex')}`;
const stop = new AbortController();
const log = createLogger('test', 'silent');
const results: ResultMessage[] = [];
const markers: RunMarker[] = [];
const running: Promise<void>[] = [];
let simulator: RunningSimulator;
let folder: string;
let exporter: Exporter;
let producer: MessageProducer;
let mongo: MongoHandle;

describe.skipIf(brokers === undefined || mongoUri === undefined)('the exporter with Kafka and MongoDB', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exporter-'));
    simulator = await startSimulator({ recordWrites: join(folder, 'graph-writes.jsonl') });
    const secret = join(folder, 'secret');
    writeFileSync(secret, simulator.clientSecret);
    const connector = {
      name: target,
      type: 'entra',
      id: 'c1',
      tenantId: simulator.tenantId,
      clientId: simulator.clientId,
      clientSecretFile: secret,
    };
    const file = adjoinConfig.parse({
      connectors: [
        {
          ...connector,
          graphUrl: simulator.baseUrl,
          authority: simulator.authority,
          tls: { caFile: simulator.caFile },
          pollSeconds: 0.3,
          consistencySeconds: 1,
        },
      ],
    });
    const uri = new URL(mongoUri ?? '');
    uri.pathname = `/${target}`;
    const env = parseEnv(exporterEnv, {
      ADJOIN_TARGET: target,
      ADJOIN_KAFKA_BROKERS: brokers,
      ADJOIN_MONGO_URI: uri.href,
      ADJOIN_KAFKA_PARTITIONS: '3',
    });
    mongo = await connectMongo(uri.href);
    exporter = await buildExporter(env, file, log);
    const kafka = createKafka({ access: { brokers: [brokers ?? ''] }, clientId: target, log });
    producer = await createProducer(kafka);
    const watch = (topic: string, take: (value: unknown) => void) =>
      new BatchConsumer({
        kafka,
        groupId: `${target}-${topic}`,
        topics: [topic],
        log,
        onBatch: async ({ messages }) => {
          for (const { value } of messages) take(JSON.parse(value?.toString() ?? 'null'));
        },
      });
    const watchers = [
      watch(resultsTopic(target), (value) => results.push(value as ResultMessage)),
      watch(
        changesTopic(target),
        (value) => (value as RunMarker).kind === 'marker' && markers.push(value as RunMarker),
      ),
    ];
    for (const runnable of [...exporter.runnables, ...watchers])
      running.push(supervise(runnable, { failure: undefined }, log, stop.signal));
  });
  afterAll(async () => {
    stop.abort();
    await Promise.all(running);
    await mongo.db.dropDatabase();
    await Promise.all([exporter.close(), producer.close(), mongo.close(), simulator.close()]);
    rmSync(folder, { recursive: true });
  });

  const send = (message: ExportMessage) =>
    producer.send(exportsTopic(target, message.lane), [{ key: message.objectId, value: message }]);
  const resultsOf = (message: ExportMessage) =>
    results.filter((result) => result.objectId === message.objectId && result.version === message.version);
  const until = (count: number, of: () => readonly unknown[]) =>
    expect.poll(() => of().length, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(count);
  const aUser = (more: Partial<ExportMessage> = {}): ExportMessage => {
    const name = randomBytes(5).toString('hex');
    const attributes = { displayName: name, userPrincipalName: `${name}@corp.test`, accountEnabled: true };
    const common = {
      target,
      objectId: name,
      version: 1,
      epoch: 0,
      releasedAt: new Date().toISOString(),
      lane: 'normal',
      sourceAnchor: name,
      attributes,
    } as const;
    return { ...common, operation: 'add', objectType: 'user', ...more };
  };
  const writes = async (): Promise<number> =>
    ((await (await fetch(`${simulator.adminUrl}/journal`)).json()) as { changes: unknown[] }).changes.length;

  it('creates, tells the result, and answers a redelivery without a second write', async () => {
    const message = aUser();
    await send(message);
    await until(1, () => resultsOf(message));
    const before = await writes();
    await send(message);
    await until(2, () => resultsOf(message));
    const [first, second] = resultsOf(message);
    expect([first?.outcome, second?.outcome, second?.cloudId, await writes()]).toEqual([
      'applied',
      'applied',
      first?.cloudId,
      before,
    ]);
    expect(await mongo.db.collection('exportIntents').countDocuments()).toBe(0);
  });

  it('drops what was released under an older gate epoch, and everything in staging mode', async () => {
    const settings = mongo.db.collection<{ _id: string; value: unknown }>('settings');
    await settings.insertMany([
      { _id: 'gateEpoch', value: 3 },
      { _id: 'staging', value: 'off' },
    ]);
    await expect.poll(async () => (await settings.countDocuments()) === 2).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the exporter may act on a value for 250 ms
    const [old, current] = [aUser({ epoch: 2 }), aUser({ epoch: 3 })];
    await Promise.all([send(old), send(current)]);
    await until(1, () => resultsOf(old));
    await until(1, () => resultsOf(current));
    expect([resultsOf(old)[0]?.outcome, resultsOf(current)[0]?.outcome]).toEqual(['stale-gate', 'applied']);
    await settings.deleteMany({});
    await new Promise((resolve) => setTimeout(resolve, 300));
  });

  it('puts a message nobody can read aside and goes on', async () => {
    const message = aUser();
    await producer.send(exportsTopic(target, 'normal'), [
      { key: message.objectId, value: { wrong: true } },
      { key: message.objectId, value: message },
    ]);
    await until(1, () => resultsOf(message));
    expect(resultsOf(message)[0]?.outcome).toBe('applied');
  });

  it('reads the tenant in full at first and executes a requested full import', async () => {
    const fulls = () => markers.filter((marker) => marker.run.profile === 'full-import' && marker.complete);
    await until(3, fulls);
    await mongo.db.collection<{ _id: string }>('runs').insertOne({
      _id: 'wanted',
      connector: target,
      profile: 'full-import',
      requestedAt: new Date(),
    } as {
      _id: string;
    });
    await until(3, () => fulls().filter((marker) => marker.run.id === 'wanted'));
    const runs = mongo.db.collection<{ _id: string; status: string }>(`importRuns.${target}`);
    await expect.poll(async () => (await runs.findOne({ _id: 'wanted' }))?.status, { timeout: 10_000 }).toBe('success');
  });

  it('recovers by itself from a tenant that cannot be read', async () => {
    const faults = (rules: readonly object[]) =>
      fetch(`${simulator.adminUrl}/faults`, {
        method: 'PUT',
        body: JSON.stringify(rules),
        headers: { 'content-type': 'application/json' },
      });
    await faults([{ path: '/delta', status: 403 }]);
    await expect.poll(() => exporter.conditions.import.check.ok, { timeout: 20_000 }).toBe(false);
    expect(exporter.conditions.import.check.detail).toContain('ADJ-EXP-3003');
    await faults([]);
    await expect.poll(() => exporter.conditions.import.check.ok, { timeout: 30_000 }).toBe(true);
  });

  it('sent nothing that the service could not make sense of', async () => {
    const stats = (await (await fetch(`${simulator.adminUrl}/stats`)).json()) as { badRequests: readonly string[] };
    expect(stats.badRequests).toEqual([]);
    const { checked, violations } = checkRecordedWrites(join(folder, 'graph-writes.jsonl'));
    expect(violations).toEqual([]);
    expect(checked).toBeGreaterThan(0);
  });
});
