import { SyncError } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { decodeBindAck } from '../dcerpc/bind-ack-pdu.js';
import { decodeCrackNamesReply } from '../drsuapi/crack-names.js';
import { decodeDomainControllerInfoReply } from '../drsuapi/domain-controller-info.js';
import { decodeDrsBindReply } from '../drsuapi/drs-bind.js';
import { decodeGetChangesReply } from '../drsuapi/get-changes-reply.js';
import { decodeEptMapReply } from '../epm/ept-map.js';
import { decodeTower } from '../epm/tower.js';
import { corrupted, seededNumbers } from '../testing/byte-arbitraries.js';
import { CAPTURED } from '../testing/captured-conversation.js';
import { FAKE_LOGIN, fakeDomainController, fakeUsers } from '../testing/fake-domain-controller.js';
import { MemoryChannel } from '../testing/memory-channel.js';
import type { OpenChannel } from '../transport/byte-channel.js';
import { connectDrs } from './connect-drs.js';
import { deliverObjects } from './deliver-objects.js';

const SEED = 20_261_121;
const random = (length: number): Buffer => Buffer.alloc(length, 7);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** What reads a stub of a real conversation. */
const READERS: readonly (readonly [string, Buffer, (stub: Buffer) => unknown])[] = [
  ['ept_map', hex(CAPTURED.eptMap.reply), (stub) => decodeEptMapReply(stub).towers.map(decodeTower)],
  ['bind', hex(CAPTURED.drsBind.reply), decodeDrsBindReply],
  ['names', hex(CAPTURED.crackNames.reply), decodeCrackNamesReply],
  ['controllers', hex(CAPTURED.domainControllerInfo.reply), decodeDomainControllerInfoReply],
  [
    'bind_ack',
    hex('d016d0160000000000000000010000000000000000000000045d888aeb1cc9119fe808002b10486002000000'),
    decodeBindAck,
  ],
  ['changes', hex(CAPTURED.changes.reply), (stub) => deliver(decodeGetChangesReply(stub))],
  ['object', hex(CAPTURED.object.reply), (stub) => deliver(decodeGetChangesReply(stub))],
];

function deliver(reply: ReturnType<typeof decodeGetChangesReply>): Promise<void> {
  const onObject = (): Promise<void> => Promise.resolve();
  return deliverObjects(reply, hex(CAPTURED.sessionKey), { transform: () => Promise.resolve(0), onObject });
}

async function outcomeOf(work: () => unknown): Promise<'read' | 'refused'> {
  try {
    await work();
    return 'read';
  } catch (error) {
    if (error instanceof SyncError && error.code.startsWith('ADJ-PHS-70')) return 'refused';
    throw error;
  }
}

describe('corrupted answers', () => {
  it.each(READERS)(
    'to %s are read or refused with a code, 1,200 of them, and never crash',
    async (_, original, read) => {
      const numbers = seededNumbers(SEED);
      const outcomes = { read: 0, refused: 0 };
      for (let round = 0; round < 1200; round++) {
        const stub = corrupted(original, numbers);
        outcomes[await outcomeOf(() => read(stub))] += 1;
      }
      expect(outcomes.refused).toBeGreaterThan(100);
    },
  );

  it('on the wire end a session with a code, 1,600 of them in every place of a conversation', async () => {
    const recorded = await recordConversation();
    const numbers = seededNumbers(SEED);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 1600; round++) {
      const conversation = recorded.map((chunks) => chunks.map((chunk): Buffer => Buffer.from(chunk)));
      const connection = conversation[numbers(conversation.length)] ?? [];
      const at = numbers(connection.length);
      connection[at] = corrupted(connection[at] ?? Buffer.alloc(0), numbers);
      outcomes[await outcomeOf(() => converse(replayed(conversation)))] += 1;
    }
    expect(outcomes.refused).toBeGreaterThan(1000);
  });
});

/** Everything a session does, with constants in place of randomness, so that the same answers fit every time. */
async function converse(open: OpenChannel): Promise<void> {
  const session = await connectDrs({
    ...FAKE_LOGIN,
    open,
    now: () => 0,
    random,
    timeouts: { connect: 1000, answer: 1000 },
  });
  try {
    await session.crackNames(['a'], 'distinguishedName', 'guid');
    await session.replicate({
      ...{ namingContext: 'DC=corp,DC=test', from: undefined, transform: () => Promise.resolve(0) },
      onObject: () => Promise.resolve(),
    });
  } finally {
    session.destroy();
  }
}

/** The chunks that a server sends in a conversation, by connection. */
async function recordConversation(): Promise<Buffer[][]> {
  const open = fakeDomainController({ users: fakeUsers(4), fragmentBytes: 300 });
  const recorded: Buffer[][] = [];
  await converse(async (host, port, signal) => {
    const inner = await open(host, port, signal);
    const chunks: Buffer[] = [];
    recorded.push(chunks);
    return {
      write: (bytes) => inner.write(bytes),
      close: () => inner.close(),
      read: async () => {
        const chunk = await inner.read();
        if (chunk !== undefined) chunks.push(Buffer.from(chunk));
        return chunk;
      },
    };
  });
  return recorded;
}

/** Servers that send what was recorded, whatever they are asked, and close. */
function replayed(conversation: readonly (readonly Buffer[])[]): OpenChannel {
  let connection = 0;
  return () => {
    const channel = new MemoryChannel(() => undefined);
    for (const chunk of conversation[connection++] ?? []) channel.push(chunk);
    channel.push(undefined);
    return Promise.resolve(channel);
  };
}
