import mongoose from 'mongoose';
import { SyncError } from '@adjoin/contracts';
import { backoff, sleep } from '../async/async.js';
import type { Logger } from '../logging/logger.js';

/**
 * With `useBigInt64` the driver reads the counter of a topology version in an error (a primary that steps down) as bigint, which its own
 * `Long.fromNumber` does not take: the monitor throws outside of any call, and the process ends (mongodb 7.8.0, `makeTopologyVersion`).
 */
const { Long } = mongoose.mongo;
const fromNumber = Long.fromNumber.bind(Long);
Long.fromNumber = (value: number | bigint, unsigned?: boolean) =>
  typeof value === 'bigint' ? Long.fromBigInt(value, unsigned) : fromNumber(value, unsigned);

type MongoClient = InstanceType<typeof mongoose.mongo.MongoClient>;
export type Db = InstanceType<typeof mongoose.mongo.Db>;
export type ClientSession = mongoose.mongo.ClientSession;
export type Collection<T extends mongoose.mongo.Document = mongoose.mongo.Document> = mongoose.mongo.Collection<T>;
export type AnyBulkWriteOperation<T extends mongoose.mongo.Document> = mongoose.mongo.AnyBulkWriteOperation<T>;
export type Filter<T> = mongoose.mongo.Filter<T>;

export interface MongoHandle {
  readonly client: MongoClient;
  readonly db: Db;
  /** Runs `work` in one transaction with write concern majority; transient transaction errors are thrown to the caller, who decides again. */
  withTransaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects to the replica set in the URI; waits for it with back-off, saying so once (ADJ-MDB-0001), until the signal aborts.
 * int64 values are read as bigint and binary values as Buffer, as the engine's value types expect.
 */
export async function connectMongo(
  uri: string,
  options: { log?: Logger; signal?: AbortSignal; appName?: string; maxPoolSize?: number } = {},
): Promise<MongoHandle> {
  for (let attempt = 0; ; attempt++) {
    const client = new mongoose.mongo.MongoClient(uri, {
      appName: options.appName ?? 'adjoin',
      maxPoolSize: options.maxPoolSize ?? 20,
      serverSelectionTimeoutMS: 5000,
      writeConcern: { w: 'majority' },
      readConcern: { level: 'majority' },
      useBigInt64: true,
      promoteBuffers: true,
      ignoreUndefined: true,
    });
    try {
      await client.connect();
      await client.db().command({ ping: 1 });
      return handle(client);
    } catch (cause) {
      await client.close().catch(() => undefined); // it never opened; the first error is the one to report
      const error = new SyncError(
        'ADJ-MDB-0001',
        `MongoDB cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
      if (options.signal === undefined || options.signal.aborted) throw error;
      if (attempt === 0)
        options.log?.error({ event: 'mongo.unreachable', code: error.code, hint: error.hint }, error.message);
      await sleep(backoff(attempt), options.signal);
    }
  }
}

function handle(client: MongoClient): MongoHandle {
  return {
    client,
    db: client.db(),
    async withTransaction(work) {
      const session = client.startSession({
        defaultTransactionOptions: { writeConcern: { w: 'majority' }, readConcern: { level: 'snapshot' } },
      });
      try {
        session.startTransaction();
        const result = await work(session);
        await session.commitTransaction();
        return result;
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined); // the original error matters
        throw error;
      } finally {
        await session.endSession();
      }
    },
    close: () => client.close(),
  };
}

/** True for errors after which the whole transaction may be run again (driver label). */
export function isTransientTransactionError(error: unknown): boolean {
  return (
    error instanceof mongoose.mongo.MongoError &&
    (error.hasErrorLabel('TransientTransactionError') || error.hasErrorLabel('UnknownTransactionCommitResult'))
  );
}
/** True for connection trouble, step-downs and time-outs: worth waiting, nothing is wrong with the data. */
export function isMongoUnavailable(error: unknown): boolean {
  return (
    error instanceof mongoose.mongo.MongoNetworkError ||
    error instanceof mongoose.mongo.MongoServerSelectionError ||
    error instanceof mongoose.mongo.MongoNotConnectedError ||
    (error instanceof mongoose.mongo.MongoError && error.hasErrorLabel('RetryableWriteError'))
  );
}
