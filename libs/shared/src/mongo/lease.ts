import type { Collection, Db } from './connection.js';
import { sleep } from '../async/async.js';

interface LeaseDocument {
  _id: string;
  owner: string;
  epoch: number;
  expiresAt: Date;
}

/** A held lease. `epoch` grows with every new holder: writes that carry it can be fenced. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
  /** Aborts when the lease is lost or released. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

export interface LeaseRequest {
  readonly name: string;
  readonly owner: string;
  readonly ttlMs?: number | undefined;
  readonly retryMs?: number | undefined;
  /** Told each time that somebody else holds the lease: a standby can be reached and works, which is to wait. */
  readonly standby?: (() => void) | undefined;
}

/**
 * Waits until this process holds the lease, then renews it at a third of its life. Collection `leases`, one document a name.
 * Returns undefined when `signal` aborts before the lease was obtained. Expiry is decided by the clock of the database.
 */
export async function holdLease(
  db: Db,
  { name, owner, ttlMs = 10_000, retryMs = 500, standby }: LeaseRequest,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const leases = db.collection<LeaseDocument>('leases');
  while (!signal.aborted) {
    const epoch = await tryTake(db, name, owner, ttlMs);
    if (epoch !== undefined) return keep(leases, name, owner, epoch, ttlMs, signal);
    standby?.();
    await sleep(retryMs, signal);
  }
  return undefined;
}

async function tryTake(db: Db, name: string, owner: string, ttlMs: number): Promise<number | undefined> {
  const leases = db.collection<LeaseDocument>('leases');
  await leases.updateOne(
    { _id: name },
    { $setOnInsert: { owner: '', epoch: 0, expiresAt: new Date(0) } },
    { upsert: true },
  );
  const taken = await leases.findOneAndUpdate(
    { _id: name, $expr: { $lt: ['$expiresAt', '$$NOW'] } },
    [{ $set: { owner: { $literal: owner }, epoch: { $add: ['$epoch', 1] }, expiresAt: { $add: ['$$NOW', ttlMs] } } }],
    { returnDocument: 'after' },
  );
  return taken?.epoch;
}

function keep(
  collection: Collection<LeaseDocument>,
  name: string,
  owner: string,
  epoch: number,
  ttlMs: number,
  outer: AbortSignal,
): Lease {
  const lost = new AbortController();
  // Not the wall clock, which may be set meanwhile.
  let deadline = performance.now() + ttlMs;
  const renew = async (): Promise<void> => {
    const before = performance.now();
    const result = await collection
      .updateOne({ _id: name, owner, epoch }, [{ $set: { expiresAt: { $add: ['$$NOW', ttlMs] } } }])
      .catch(() => undefined); // unreachable: the lease runs out by itself at its deadline
    if (result === undefined) {
      if (performance.now() > deadline) lost.abort();
    } else if (result.matchedCount === 0) lost.abort();
    else deadline = before + ttlMs;
  };
  const timer = setInterval(() => void renew(), ttlMs / 3);
  const release = async (): Promise<void> => {
    clearInterval(timer);
    outer.removeEventListener('abort', onOuter);
    lost.abort();
    await collection
      .updateOne({ _id: name, owner, epoch }, { $set: { expiresAt: new Date(0) } })
      .catch(() => undefined); // it expires by itself
  };
  const onOuter = (): void => void release();
  outer.addEventListener('abort', onOuter, { once: true });
  lost.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return { name, epoch, signal: lost.signal, release };
}
