import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { ensureMongod } from '../fetch/mongod-download.js';
import { ManagedProcess, type ServiceHandle } from '../process/managed-process.js';
import { accepts, requireFreePort } from '../process/port-check.js';
import type { ServiceContext } from './service-context.js';

/** A running mongod, primary of the one-node replica set rs0. */
export interface MongoService extends ServiceHandle {
  /** Connection string with the replica set's name and no database. */
  readonly uri: string;
}

/** Options of {@link startMongo}. */
export interface MongoOptions extends ServiceContext {
  readonly port: number;
  /** WiredTiger cache in GB, 0.25 at least. */
  readonly cacheGb?: number | undefined;
}

const NOT_YET_INITIALIZED = 94;

/**
 * By default threads of the database begin to write changed pages out when these are 5 % of the cache, and again when they have changed once more: a
 * sixth of its processor time in a first load, for objects that are all written anew within seconds. The checkpoint of every minute is enough here.
 */
const EVICTION = ['dirty', 'updates'].map((kind) => `eviction_${kind}_target=60,eviction_${kind}_trigger=80`).join(',');

/** Starts mongod as a one-node replica set (transactions and change streams need one); data is kept over restarts. */
export async function startMongo(options: MongoOptions): Promise<MongoService> {
  const binary = await ensureMongod(options.cacheFolder, options.report, options.signal);
  await requireFreePort(options.port, { service: 'mongo' });
  const data = join(options.runFolder, 'mongo');
  await mkdir(data, { recursive: true });
  const service = new ManagedProcess({
    name: 'mongo',
    command: binary,
    args: [
      ...['--dbpath', data, '--port', String(options.port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'],
      ...['--wiredTigerCacheSizeGB', String(options.cacheGb ?? 1), '--nounixsocket'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // Nobody reads the past here; the 300 s of the default keep every version of every object of a first load in a small cache.
      ...['--setParameter', 'minSnapshotHistoryWindowInSeconds=5', '--wiredTigerJournalCompressor', 'none'],
      ...['--wiredTigerEngineConfigString', EVICTION],
    ],
    logFile: join(options.runFolder, 'logs', 'mongo.log'),
    ready: async () => (await accepts(options.port)) && isPrimary(options.port),
    readyDeadlineMs: 60_000,
    onCrash: options.onCrash,
    signal: options.signal,
  });
  await service.start();
  return Object.assign(service, { uri: `mongodb://127.0.0.1:${options.port}/?replicaSet=rs0` });
}

/** Asks the node whether it takes writes; initiates the replica set at the first start. */
async function isPrimary(port: number): Promise<boolean> {
  const host = `127.0.0.1:${port}`;
  const client = new mongoose.mongo.MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2000,
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return true;
    await initiateOnce(admin, host);
    return false;
  } catch {
    return false; // not ready to answer; the deadline of the start decides
  } finally {
    await client.close();
  }
}

async function initiateOnce(admin: mongoose.mongo.Db, host: string): Promise<void> {
  const initiated = await admin.command({ replSetGetStatus: 1 }).then(
    () => true,
    (error: unknown) => !(error instanceof mongoose.mongo.MongoServerError && error.code === NOT_YET_INITIALIZED),
  );
  if (initiated) return;
  const settings = { electionTimeoutMillis: 1000 };
  await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }], settings } });
}
