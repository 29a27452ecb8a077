import { createLogger, supervise, type RunnableState } from '@adjoin/shared';
import { describe, expect, it } from 'vitest';
import { watchMongo } from './mongo-watch.js';

describe('the watch over MongoDB', () => {
  it('says that MongoDB is away, and that it is back with the first answer', async () => {
    const stop = new AbortController();
    const state: RunnableState = { failure: undefined };
    const seen: (string | undefined)[] = [];
    let asked = 0;
    const command = async (): Promise<object> => {
      await Promise.resolve();
      seen.push(state.failure?.message);
      if (asked++ === 0) throw new Error('away');
      setImmediate(() => {
        seen.push(state.failure?.message);
        stop.abort();
      });
      return {};
    };
    await supervise(watchMongo({ command }), state, createLogger('test', 'silent'), stop.signal);
    expect(seen).toEqual([undefined, 'away', undefined]);
  });
});
