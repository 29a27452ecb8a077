import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../process/port-check.js';
import { StackError } from '../stack-error.js';
import { stateFolder } from '../state-folder.js';
import { startMongo } from './mongo.js';

const folders: string[] = [];

async function newContext() {
  const runFolder = await mkdtemp(join(tmpdir(), 'adjoin-stack-'));
  folders.push(runFolder);
  return { cacheFolder: stateFolder().cache, runFolder, report: () => undefined };
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('mongod of the local stack', () => {
  it('keeps committed documents when it is killed and restarted', async () => {
    const mongo = await startMongo({ ...(await newContext()), port: await freePort(), cacheGb: 0.25 });
    const client = new mongoose.mongo.MongoClient(mongo.uri);
    try {
      await client
        .db('lab')
        .collection('things')
        .insertOne({ name: 'kept' }, { writeConcern: { w: 'majority' } });
      const before = mongo.pid;
      await mongo.kill9();
      expect(mongo.running).toBe(false);
      await mongo.restart();
      expect(mongo.pid).not.toBe(before);
      expect(await client.db('lab').collection('things').countDocuments()).toBe(1);
    } finally {
      await client.close();
      await mongo.stop();
    }
  });

  it('names the port and its holder when the port is taken', async () => {
    const port = await freePort();
    const mongo = await startMongo({ ...(await newContext()), port });
    try {
      const second = startMongo({ ...(await newContext()), port });
      await expect(second).rejects.toThrow(StackError);
      await expect(second).rejects.toThrow(new RegExp(`${port}.*process ${mongo.pid}`));
    } finally {
      await mongo.stop();
    }
  });
});
