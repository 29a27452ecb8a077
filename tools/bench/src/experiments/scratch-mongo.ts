import { freePort, startMongo, stateFolder } from '@adjoin/stack';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';

export type Db = mongoose.mongo.Db;
export type ClientSession = mongoose.mongo.ClientSession;

/** A mongod of its own for one experiment; its data is removed afterwards. */
export async function withScratchMongo(
  work: (client: mongoose.mongo.MongoClient, db: Db) => Promise<void>,
): Promise<void> {
  const runFolder = await mkdtemp(join(tmpdir(), 'adjoin-experiment-'));
  const service = await startMongo({
    cacheFolder: stateFolder().cache,
    runFolder,
    port: await freePort(),
    cacheGb: 1,
    report: (line) => console.error(line),
  });
  const client = new mongoose.mongo.MongoClient(service.uri, { writeConcern: { w: 'majority' } });
  try {
    await client.connect();
    await work(client, client.db('experiment'));
  } finally {
    await client.close();
    await service.stop();
    await rm(runFolder, { recursive: true, force: true });
  }
}

/** One line about the machine the figures are from. */
export function machine(): string {
  const processors = cpus();
  return `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
}

/** Milliseconds a piece of work took, and its result. */
export async function timed<T>(work: () => Promise<T>): Promise<readonly [milliseconds: number, result: T]> {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
}

/** Processor milliseconds the server has used since it started; unlike the clock it does not count what other programs used. */
export async function serverCpu(db: Db): Promise<number> {
  const { extra_info: info } = (await db.admin().command({ serverStatus: 1 })) as {
    readonly extra_info: { readonly user_time_us: number; readonly system_time_us: number };
  };
  return (Number(info.user_time_us) + Number(info.system_time_us)) / 1000;
}

/** Processor milliseconds of this process. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
