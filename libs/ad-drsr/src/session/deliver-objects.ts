import type { GetChangesReply } from '../drsuapi/get-changes-reply.js';
import { PrefixTable } from '../drsuapi/prefix-table.js';
import { readPassword, type HashTransform, type PasswordOutcome } from './password-reader.js';
import { decodeUpdate, type DecodedUpdate, type ReplicatedObject } from './replicated-object.js';

/** Transforms that run at the same time unless told otherwise. */
const CONCURRENCY = 8;

/** Where the objects of a reply go. */
export interface Delivery<T> {
  readonly transform: HashTransform<T>;
  /** Called for each object in the order of the server, one at a time. */
  readonly onObject: (object: ReplicatedObject, password: PasswordOutcome<T>) => Promise<void>;
  /** Whether the hash of an object is wanted at all. Default: every one. */
  readonly accept?: ((object: ReplicatedObject) => boolean) | undefined;
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Decrypts, transforms and delivers the objects of one reply. The encrypted values in it are zeroed behind. */
export async function deliverObjects<T>(
  reply: Pick<GetChangesReply, 'objects' | 'prefixes'>,
  sessionKey: Buffer,
  delivery: Delivery<T>,
): Promise<void> {
  const prefixes = new PrefixTable(reply.prefixes);
  const updates = reply.objects.map((update) => decodeUpdate(update, prefixes));
  const size = Math.max(1, delivery.concurrency ?? CONCURRENCY);
  // The session may be closed meanwhile, which zeroes its key.
  const key = Buffer.from(sessionKey);
  try {
    for (let from = 0; from < updates.length; from += size) {
      delivery.signal?.throwIfAborted();
      await deliverGroup(updates.slice(from, from + size), key, delivery);
    }
  } finally {
    key.fill(0);
    for (const { secret } of updates) secret?.fill(0);
  }
}

async function deliverGroup<T>(group: readonly DecodedUpdate[], key: Buffer, delivery: Delivery<T>): Promise<void> {
  const wanted = (update: DecodedUpdate): boolean => delivery.accept?.(update.object) ?? true;
  const settled = await Promise.allSettled(
    group.map((update): Promise<PasswordOutcome<T>> => {
      if (update.secret && !wanted(update)) return Promise.resolve({ kind: 'skipped' });
      return readPassword(update, key, delivery.transform);
    }),
  );
  for (const [index, update] of group.entries()) {
    const outcome = settled[index];
    if (outcome?.status === 'fulfilled') await delivery.onObject(update.object, outcome.value);
    else throw outcome?.reason;
  }
}
