import { createLogger } from '@adjoin/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOffsets } from './staging/offset-check.js';
import { EngineHarness, EXPECTED } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const TOPIC = 'adjoin.changes.corp';
const COMMAND = 'adjoin run start corp --profile full-import';

let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** One change of a user, as Kafka hands it over at an offset. */
const changeAt = (offset: number, user = 1) => ({
  topic: TOPIC,
  partition: 0,
  messages: [{ key: 'k', value: Buffer.from(JSON.stringify(engine.user(user))), offset: String(offset), headers: {} }],
});

/** Why nothing of the source is exported now; the target has had its full import. */
async function reasons(): Promise<readonly string[]> {
  await engine.release();
  return engine.releaser.gates.map(({ reason }) => reason);
}

async function fullImport(run: string): Promise<void> {
  await engine.deliver([{ ...engine.user(1), run: { id: run, attempt: 1, profile: 'full-import' } }]);
  await engine.endRun('corp', 'full-import', { run, sent: 1 });
}

/** The check at the start of an engine, when Kafka holds these offsets of partition 0. */
async function check(low: number, high: number): Promise<void> {
  const admin = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    fetchTopicOffsets: () =>
      Promise.resolve([{ partition: 0, low: String(low), high: String(high), offset: String(high) }]),
  };
  await checkOffsets({
    store: engine.store,
    kafka: { admin: () => admin as never },
    connectors: ['corp'],
    expected: EXPECTED,
    log: createLogger('engine-test', 'silent'),
  });
}

describe('messages that Kafka lost before they were read', () => {
  beforeEach(() => engine.endRun('entra', 'full-import'));

  it('are asked for when they were the first full import, and the gate opens when it was repeated', async () => {
    await engine.staging.stage([changeAt(45)]);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
    await fullImport('repeated');
    await engine.sync();
    expect(await reasons()).toEqual([]);
  });

  it('close a gate that was open, until a full import was repeated', async () => {
    await fullImport('first');
    await engine.sync();
    expect(await reasons()).toEqual([]);
    await engine.staging.stage([changeAt(1000)]);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
    await fullImport('second');
    await engine.sync();
    expect(await reasons()).toEqual([]);
  });

  it('are asked for when they were part of a full import', async () => {
    await engine.endRun('corp', 'full-import', { run: 'gap', sent: 7 });
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
  });

  it('are noticed by an engine that starts, before another message comes', async () => {
    await engine.staging.stage([changeAt(0)]);
    await check(5, 5);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
  });

  it('are noticed by an engine that has never read any', async () => {
    await check(45, 45);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
  });

  it('are noticed when Kafka was emptied, and what it holds then is read', async () => {
    await engine.staging.stage([changeAt(0)]);
    await check(0, 0);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
    expect(await engine.staging.stage([changeAt(0, 2)])).toMatchObject({ staged: 1 });
  });

  it('are noticed when what it had written last is gone, and what is published then is no repetition', async () => {
    for (const offset of [0, 1, 2]) await engine.staging.stage([changeAt(offset)]);
    await check(0, 2);
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
    for (const offset of [0, 1, 2])
      expect(await engine.staging.stage([changeAt(offset, offset + 1)])).toMatchObject({ staged: 1 });
  });
});

describe('a Kafka that holds all messages', () => {
  it.for([
    { what: 'none was published', low: 0, high: 0, staged: 0 },
    { what: 'some wait', low: 0, high: 9, staged: 3 },
    { what: 'all that were published were read', low: 0, high: 3, staged: 3 },
    { what: 'what was read fell out of retention', low: 3, high: 3, staged: 3 },
  ])('asks for nothing when $what', async ({ low, high, staged }) => {
    for (let offset = 0; offset < staged; offset++) await engine.staging.stage([changeAt(offset)]);
    await check(low, high);
    expect((await reasons()).filter((reason) => reason.includes('ADJ-KFK-0002'))).toEqual([]);
  });
});

describe('a full import that is delivered again', () => {
  const first = { run: 'first', sent: 1 };

  it('in parts takes nothing away from what it has proven', async () => {
    await engine.endRun('entra', 'full-import');
    await fullImport('first');
    await engine.sync();
    await engine.endRun('corp', 'full-import', first);
    expect(await reasons()).toEqual([]);
  });

  it('as a whole does not make up for messages that were lost after it', async () => {
    await engine.endRun('entra', 'full-import');
    await fullImport('first');
    await engine.staging.stage([changeAt(1000)]);
    await fullImport('first');
    expect(await reasons()).toEqual([expect.stringContaining(COMMAND)]);
  });

  it('in parts takes nothing away from a later one', async () => {
    await engine.endRun('entra', 'full-import');
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    await fullImport('second');
    await engine.endRun('corp', 'full-import', { ...first, startedAt });
    await engine.sync();
    expect(await reasons()).toEqual([]);
  });
});
