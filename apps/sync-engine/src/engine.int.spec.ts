import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

const summary = (exports: readonly ExportMessage[]) =>
  exports.map((message) => `${message.operation} ${message.name ?? ''}`).sort();
const users = (count: number) => Array.from({ length: count }, (_, index) => engine.user(index + 1));

describe('a first synchronization', () => {
  it('releases nothing before every connector has a complete full import', async () => {
    await engine.deliver(users(3));
    await engine.sync();
    expect(await engine.release()).toEqual([]);
    expect(engine.releaser.gates.map(({ gate }) => gate)).toContain('baseline');
    await engine.baseline();
    expect(summary(await engine.settle())).toEqual([
      'add user1@corp.test',
      'add user2@corp.test',
      'add user3@corp.test',
    ]);
  });

  it('exports users, then references and memberships once both ends have a cloud id', async () => {
    await engine.deliver([engine.user(1), engine.user(2, { manager: { $ref: guid(1) } }), engine.group(50, [1, 2])]);
    await engine.baseline();
    const exports = await engine.settle();
    expect(summary(exports).filter((line) => line.includes('user2'))).toEqual(['add user2@corp.test']);
    const manager = exports.find((message) => message.operation === 'add' && 'manager' in message.attributes);
    expect(manager?.attributes['manager']).toMatchObject({ $ref: expect.stringContaining('cloud-') as string });
    const members = exports.flatMap((message) => message.references?.['member']?.add ?? []);
    expect(members).toHaveLength(2);
    expect(await engine.settle()).toEqual([]);
  });

  it('does not wait for ever when two new users are the manager of each other', async () => {
    await engine.deliver([
      engine.user(1, { manager: { $ref: guid(2) } }),
      engine.user(2, { manager: { $ref: guid(1) } }),
    ]);
    await engine.baseline();
    const exports = await engine.settle();
    expect(summary(exports).filter((line) => line.startsWith('add'))).toHaveLength(2);
    expect(exports.filter((message) => 'manager' in message.attributes)).toHaveLength(2);
  });

  it('does nothing more when every message is delivered again', async () => {
    const batch = await engine.deliver([...users(3), engine.group(50, [1, 2, 3])]);
    await engine.baseline();
    await engine.settle();
    await engine.staging.stage([batch]);
    expect(await engine.settle()).toEqual([]);
    expect(await engine.store.sourceEdges.countDocuments()).toBe(3);
  });

  it('finds a manager that is imported after the ones who report to it', async () => {
    await engine.deliver([engine.user(2, { manager: { $ref: guid(1) } })]);
    await engine.baseline();
    await engine.settle();
    await engine.deliver([engine.user(1)]);
    const exports = await engine.settle();
    expect(exports.some((message) => message.name === 'user2@corp.test' && 'manager' in message.attributes)).toBe(true);
  });
});

describe('memberships', () => {
  it('send one change for one added and one removed member', async () => {
    await engine.deliver([...users(4), engine.group(50, [1, 2, 3])]);
    await engine.baseline();
    await engine.settle();
    await engine.deliver([
      engine.object({
        anchor: guid(50),
        op: 'delta',
        references: { member: { mode: 'change', add: [{ $ref: guid(4) }], remove: [{ $ref: guid(1) }] } },
      }),
    ]);
    const exports = await engine.settle();
    const slices = exports.map((message) => message.references?.['member']);
    expect(slices.flatMap((slice) => slice?.add ?? [])).toHaveLength(1);
    expect(slices.flatMap((slice) => slice?.remove ?? [])).toHaveLength(1);
  });

  it('are not removed one by one when the member is deleted', async () => {
    await engine.deliver([...users(2), engine.group(50, [1, 2])]);
    await engine.baseline();
    await engine.settle();
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delete', reason: 'tombstone' })]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    const exports = await engine.settle();
    expect(summary(exports)).toEqual(['delete user1@corp.test']);
    expect(await engine.store.sourceEdges.countDocuments()).toBe(1);
    expect(await engine.store.targetEdges.countDocuments()).toBe(1);
  });

  it('are removed by absence only when the whole set has arrived', async () => {
    await engine.deliver([...users(3), engine.group(50, [1, 2, 3])]);
    await engine.baseline();
    await engine.settle();
    const chunk = engine.group(50, [1], 's2');
    const member = chunk.references?.['member'];
    if (member?.mode !== 'set') throw new Error('unexpected');
    await engine.deliver([{ ...chunk, references: { member: { ...member, count: 2 } } }]);
    expect(await engine.settle()).toEqual([]);
    await engine.deliver([engine.group(50, [1, 2], 's3')]);
    const removed = (await engine.settle()).flatMap((message) => message.references?.['member']?.remove ?? []);
    expect(removed).toHaveLength(1);
  });

  it('come back when the member returns to the scope', async () => {
    await engine.deliver([...users(2), engine.group(50, [1, 2])]);
    await engine.baseline();
    await engine.settle();
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delete', reason: 'left-scope' })]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    await engine.settle();
    await engine.deliver([engine.user(1)]);
    const added = (await engine.settle()).flatMap((message) => message.references?.['member']?.add ?? []);
    expect(added).toHaveLength(1);
  });
});

describe('deletions', () => {
  const deleteUsers = (from: number, to: number) =>
    engine.deliver(
      Array.from({ length: to - from + 1 }, (_, index) =>
        engine.object({ anchor: guid(from + index), op: 'delete', reason: 'left-scope' }),
      ),
    );

  /** Users that the target has, before anything is deleted. */
  const synchronized = async (count: number, threshold: number): Promise<void> => {
    await engine.set('deletionThreshold.count', threshold);
    await engine.deliver(users(count));
    await engine.baseline();
    await engine.settle();
  };

  it('settle: nothing is deleted before one more delta import has ended', async () => {
    await engine.deliver(users(2));
    await engine.baseline();
    await engine.settle();
    await deleteUsers(1, 1);
    expect(await engine.settle()).toEqual([]);
    await engine.endRun('corp', 'delta-import');
    expect(summary(await engine.settle())).toEqual(['delete user1@corp.test']);
  });

  it('are cancelled when the object comes back before they were sent', async () => {
    await engine.deliver(users(2));
    await engine.baseline();
    await engine.settle();
    await deleteUsers(1, 1);
    await engine.sync();
    await engine.deliver([engine.user(1)]);
    await engine.endRun('corp', 'delta-import');
    expect((await engine.settle()).filter((message) => message.operation !== 'update')).toEqual([]);
  });

  it('above the threshold are held while other changes go, and go after approval of exactly those', async () => {
    await synchronized(10, 3);
    await deleteUsers(1, 5);
    await engine.deliver([engine.object({ anchor: guid(9), op: 'delta', attributes: { department: 'Sales' } })]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    const before = await engine.settle();
    expect(summary(before)).toEqual(['update user9@corp.test']);
    const hold = await engine.store.state.findOne({ _id: /^deletion-hold:/, status: 'held' });
    expect(hold?.['count']).toBe(5);
    await engine.store.db.collection('approvals').insertOne({
      _id: 'a1' as never,
      kind: 'deletions',
      holdId: hold?.['id'],
      items: hold?.['items'],
      by: 'operator',
    });
    const after = await engine.settle();
    expect(summary(after)).toEqual([1, 2, 3, 4, 5].map((n) => `delete user${n}@corp.test`));
  });

  it('above the threshold are held too if the last of them are decided while the first wait to be released', async () => {
    await synchronized(10, 3);
    await deleteUsers(1, 3);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    await deleteUsers(4, 6);
    const alone = vi.spyOn(engine.store, 'alone');
    let letGo: () => void = () => undefined;
    const others = engine.store.alone(() => new Promise<void>((resolve) => (letGo = resolve)));
    const decided = engine.worker.chunk();
    await vi.waitUntil(() => alone.mock.calls.length === 2);
    const released = engine.release();
    await vi.waitUntil(() => alone.mock.calls.length === 3);
    letGo();
    await Promise.all([others, decided]);
    expect(summary(await released)).toEqual([]);
    expect(engine.releaser.gates).toMatchObject([{ gate: 'deletion-threshold', count: 6 }]);
  });

  it('of a quarter of the threshold wait until no other one is added', async () => {
    await synchronized(10, 8);
    await deleteUsers(1, 2);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    expect(await engine.settle()).toEqual([]);
    expect(engine.releaser.gates).toMatchObject([{ gate: 'settling', count: 2 }]);
    // Some seconds later.
    await engine.store.cs.updateMany(
      { 'exp.settle': { $exists: true } },
      { $set: { 'exp.settle.since': new Date(0) } },
    );
    expect(summary(await engine.settle())).toEqual(['delete user1@corp.test', 'delete user2@corp.test']);
  });

  it('that were discarded stay undone', async () => {
    await synchronized(4, 1);
    await deleteUsers(1, 3);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    await engine.settle();
    const hold = await engine.store.state.findOne({ _id: /^deletion-hold:/, status: 'held' });
    await engine.store.db
      .collection('approvals')
      .insertOne({ _id: 'a1' as never, kind: 'discard', holdId: hold?.['id'], items: hold?.['items'], by: 'operator' });
    expect(await engine.settle()).toEqual([]);
    expect(await engine.store.cs.countDocuments({ 'exp.state': 'discarded' })).toBe(3);
  });

  it('with stop-all nothing is exported at all', async () => {
    await engine.set('deletionThreshold.count', 1);
    await engine.set('deletionThreshold.action', 'stop-all');
    await engine.deliver(users(4));
    await engine.baseline();
    await engine.settle();
    await deleteUsers(1, 2);
    await engine.deliver([engine.object({ anchor: guid(4), op: 'delta', attributes: { department: 'Sales' } })]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    expect(await engine.settle()).toEqual([]);
  });
});

describe('proof of reads', () => {
  it('an incomplete full import keeps the baseline closed and suspects nobody', async () => {
    await engine.deliver(users(3));
    await engine.baseline();
    await engine.settle();
    await engine.endRun('corp', 'full-import', {
      complete: false,
      failure: { code: 'ADJ-IMP-1012', message: 'far fewer objects' },
    });
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delta', attributes: { department: 'Sales' } })]);
    expect(await engine.settle()).toEqual([]);
    expect(engine.releaser.gates[0]?.reason).toContain('ADJ-IMP-1012');
    expect(await engine.store.outbox.countDocuments()).toBe(0);
  });

  it('a complete full import asks for what it did not see instead of deleting it', async () => {
    await engine.deliver(users(3));
    await engine.baseline();
    await engine.settle();
    const run = { id: 'full-2', attempt: 1, profile: 'full-import' as const };
    await engine.deliver([
      {
        kind: 'seen',
        connector: 'corp',
        partition: 'DC=corp,DC=test',
        run,
        index: 0,
        last: true,
        anchors: [guid(1), guid(3)],
      },
    ]);
    await engine.endRun('corp', 'full-import', { run: 'full-2', sent: 1 });
    const [outgoing] = await engine.store.outbox.find({ topic: 'adjoin.confirmations.corp' }).toArray();
    expect(outgoing?.records.map(({ json }) => JSON.parse(json) as unknown)).toMatchObject([{ anchors: [guid(2)] }]);
    expect(await engine.settle()).toEqual([]);
  });

  it('a marker that counts more messages than were seen fails the run', async () => {
    await engine.deliver(users(1));
    await engine.endRun('corp', 'full-import', { run: 'run-gap', sent: 7 });
    await engine.endRun('entra', 'full-import');
    await engine.sync();
    expect(await engine.release()).toEqual([]);
    expect(engine.releaser.gates[0]?.reason).toContain('ADJ-ENG-2004');
  });
});

describe('results', () => {
  it('a refused export is kept with its code and sent again after its pause', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.sync();
    const [message] = await engine.release();
    if (message === undefined) throw new Error('nothing was released');
    await engine.answer([
      {
        target: 'entra',
        objectId: message.objectId,
        version: message.version,
        operation: 'add',
        outcome: 'failed',
        code: 'ADJ-EXP-3007',
        message: 'in use',
        retryAfterMs: 3_600_000,
        at: new Date().toISOString(),
      },
    ]);
    await engine.sync();
    expect(await engine.release()).toEqual([]);
    expect(await engine.store.cs.findOne({ _id: message.objectId })).toMatchObject({
      exp: { state: 'failed', code: 'ADJ-EXP-3007' },
    });
    await engine.store.cs.updateOne({ _id: message.objectId }, { $set: { 'exp.nextAt': new Date() } });
    const [again] = await engine.release();
    expect(again).toMatchObject({ operation: 'add', version: message.version + 1, attributes: message.attributes });
  });

  it('a release that is never answered is made again', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.sync();
    const [message] = await engine.release();
    expect(await engine.results.reclaim('entra', 60_000)).toBe(0);
    await engine.store.cs.updateOne({ _id: message?.objectId ?? '' }, { $set: { 'exp.releasedAt': new Date(0) } });
    expect(await engine.results.reclaim('entra', 60_000)).toBe(1);
    await engine.store.cs.updateOne({ _id: message?.objectId ?? '' }, { $set: { 'exp.nextAt': new Date() } });
    expect(await engine.settle()).toMatchObject([
      { operation: 'add', version: (message?.version ?? 0) + 1, attributes: message?.attributes },
    ]);
  });

  it('an answer to an older release changes nothing', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.sync();
    const [message] = await engine.release();
    if (message === undefined) throw new Error('nothing was released');
    await engine.answer([
      {
        target: 'entra',
        objectId: message.objectId,
        version: message.version - 1,
        operation: 'add',
        outcome: 'applied',
        cloudId: 'x',
        at: new Date().toISOString(),
      },
    ]);
    const document = await engine.store.cs.findOne({ _id: message.objectId });
    expect(document?.anchor).toBeUndefined();
    expect(document?.escrow).toBeDefined();
  });

  it('what changed while an export was in flight is sent after it', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.sync();
    const first = await engine.release();
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delta', attributes: { department: 'Sales' } })]);
    await engine.sync();
    expect(await engine.release()).toEqual([]);
    await engine.acknowledge(first);
    const second = await engine.settle();
    expect(second).toMatchObject([{ operation: 'update', attributes: { department: 'Sales' } }]);
  });

  it('an object that the import shows before its acknowledgement is the same object', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.sync();
    const [message] = await engine.release();
    if (message === undefined) throw new Error('nothing was released');
    const attributes = {
      ...message.attributes,
      sourceAnchor: message.sourceAnchor,
      cloudAnchor: 'User_c1',
      cloudMastered: false,
    };
    await engine.deliver([engine.object({ connector: 'entra', anchor: 'c1', objectType: 'user', attributes })]);
    await engine.answer([
      {
        target: 'entra',
        objectId: message.objectId,
        version: message.version,
        operation: 'add',
        outcome: 'applied',
        cloudId: 'c1',
        at: new Date().toISOString(),
      },
    ]);
    expect(await engine.settle()).toEqual([]);
    expect(await engine.store.cs.countDocuments({ connector: 'entra' })).toBe(1);
    expect(await engine.store.mv.countDocuments()).toBe(1);
  });
});

describe('a rule that fails for some objects', () => {
  const overlay = (expression: string) => [
    {
      path: 'own.yaml',
      content: `rules:\n  - name: Own - Department\n    connector: ad\n    direction: inbound\n    from: user\n    to: person\n    link: Join\n    precedence: 50\n    flows:\n      department: {expression: '${expression}'}\n`,
    },
  ];

  it('leaves them due with their error and lets them through once it is corrected', async () => {
    await engine.apply(overlay('IIF([sAMAccountName]="user2",Error("no department"),[department])'));
    await engine.deliver(users(3));
    await engine.baseline();
    expect(summary(await engine.settle())).toEqual(['add user1@corp.test', 'add user3@corp.test']);
    expect(await engine.store.cs.findOne({ error: { $exists: true } })).toMatchObject({
      anchor: guid(2),
      error: { code: 'sync-rule-error-function-triggered' },
    });
    await engine.apply(overlay('[department]'));
    expect(summary(await engine.settle())).toEqual(['add user2@corp.test']);
    expect(await engine.store.cs.countDocuments({ error: { $exists: true } })).toBe(0);
  });
});
