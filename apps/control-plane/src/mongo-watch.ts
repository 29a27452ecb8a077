import { sleep, type MongoHandle, type Runnable } from '@adjoin/shared';

const PING_MS = 2000;

/** Makes /readyz say so when MongoDB is away, and as soon as it is back; requests meanwhile answer ADJ-MDB-0001. */
export function watchMongo(db: Pick<MongoHandle['db'], 'command'>): Runnable {
  return {
    name: 'mongodb',
    async run(signal, working) {
      while (!signal.aborted) {
        await db.command({ ping: 1 });
        working?.();
        await sleep(PING_MS, signal);
      }
    },
  };
}
