import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

const addOf = (exports: readonly ExportMessage[], name: string): ExportMessage => {
  const found = exports.find((message) => message.operation === 'add' && message.name?.startsWith(name) === true);
  if (found === undefined) throw new Error(`No creation of ${name} was released.`);
  return found;
};

/** The import shows the new object; its creation is answered as not done, because a part of it was not. */
async function createUnanswered(message: ExportMessage, cloudId: string): Promise<void> {
  const attributes = {
    ...message.attributes,
    sourceAnchor: message.sourceAnchor,
    cloudAnchor: `User_${cloudId}`,
    cloudMastered: false,
  };
  await engine.deliver([engine.object({ connector: 'entra', anchor: cloudId, objectType: 'user', attributes })]);
  await engine.answer([
    {
      target: 'entra',
      objectId: message.objectId,
      version: message.version,
      operation: 'add',
      outcome: 'deferred',
      code: 'ADJ-EXP-3006',
      message: 'A part of it was not done.',
      at: new Date().toISOString(),
    },
  ]);
}

describe('a new object that the import shows, and whose creation was never acknowledged,', () => {
  it('becomes a member of the groups that waited for it', async () => {
    await engine.deliver([engine.user(1), engine.user(2), engine.group(50, [1, 2])]);
    await engine.baseline();
    await engine.sync();
    const first = await engine.release();
    const late = addOf(first, 'user2');
    await engine.acknowledge(first.filter((message) => message !== late));
    const early = await engine.settle(); // user 1 is a member; the edge to user 2 is put aside
    await createUnanswered(late, 'cloud-late');
    const exports = [...early, ...(await engine.settle())];
    expect(exports.flatMap((message) => message.references?.['member']?.add ?? [])).toHaveLength(2);
  });

  it('becomes the manager of those who waited for it', async () => {
    await engine.deliver([engine.user(1, { manager: { $ref: guid(2) } }), engine.user(2)]);
    await engine.baseline();
    await engine.sync();
    const first = await engine.release();
    const late = addOf(first, 'user2');
    await engine.acknowledge(first.filter((message) => message !== late));
    const early = await engine.settle();
    await createUnanswered(late, 'cloud-late');
    const all = [...first, ...early, ...(await engine.settle())];
    expect(
      all.filter((message) => message.name?.startsWith('user1') === true && 'manager' in message.attributes),
    ).toHaveLength(1);
  });
});
