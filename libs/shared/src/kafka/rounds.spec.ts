import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EachBatchPayload } from 'kafkajs';
import { createLogger } from '../logging/logger.js';
import type { IncomingBatch } from './batch-types.js';
import { Rounds, type RoundOptions } from './rounds.js';

const log = createLogger('test', 'silent');
type Seen = readonly (readonly [number, readonly string[]])[];
const seenOf = (batches: readonly IncomingBatch[]): Seen =>
  batches.map(({ partition, messages }) => [partition, messages.map(({ offset }) => offset)]);

/** A consumer of which the test sees the commits. */
function aConsumer(
  options: Omit<RoundOptions, 'log'> & Pick<Parameters<typeof handling>[0], 'merged' | 'handler'>,
  signal = new AbortController().signal,
) {
  const commits: string[][] = [];
  const { merged, handler, ...tuning } = options;
  const rounds = new Rounds(
    { ...tuning, log, ...handling({ merged, handler }) },
    {
      commitOffsets: async (offsets) =>
        void commits.push(offsets.map(({ partition, offset }) => `${partition}@${offset}`)),
    },
    signal,
  );
  return { rounds, commits };
}
function handling({
  merged,
  handler,
}: {
  merged: boolean;
  handler: (batches: readonly IncomingBatch[]) => Promise<void>;
}) {
  return merged ? { onBatches: handler } : { onBatch: (batch: IncomingBatch) => handler([batch]) };
}
function fetched(partition: number, first: number, count: number, isStale = () => false): EachBatchPayload {
  const messages = Array.from({ length: count }, (_, index) => ({
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    offset: String(first + index),
    headers: {},
  }));
  const payload = {
    batch: { topic: 't', partition, messages },
    resolveOffset: () => undefined,
    heartbeat: async () => undefined,
    isRunning: () => true,
    isStale,
  };
  return payload as unknown as EachBatchPayload;
}

describe('rounds of a batch consumer', () => {
  it('hands over all partitions of a fetch together and commits them together', async () => {
    const calls: Seen[] = [];
    const { rounds, commits } = aConsumer({
      merged: true,
      handler: async (batches) => void calls.push(seenOf(batches)),
    });
    await Promise.all([rounds.add(fetched(0, 5, 2)), rounds.add(fetched(1, 7, 1)), rounds.add(fetched(2, 0, 0))]);
    expect(calls).toEqual([
      [
        [0, ['5', '6']],
        [1, ['7']],
      ],
    ]);
    expect(commits).toEqual([['0@7', '1@8']]);
  });

  it('cuts a large fetch into portions, in order within each partition', async () => {
    const calls: Seen[] = [];
    const { rounds, commits } = aConsumer({
      merged: true,
      concurrency: 1,
      batchSize: 3,
      handler: async (batches) => void calls.push(seenOf(batches)),
    });
    await Promise.all([rounds.add(fetched(0, 0, 4)), rounds.add(fetched(1, 0, 2))]);
    expect(calls).toEqual([
      [[0, ['0', '1', '2']]],
      [
        [1, ['0', '1']],
        [0, ['3']],
      ],
    ]);
    expect(commits).toEqual([['0@3'], ['1@2', '0@4']]);
  });

  it('keeps partitions apart for a handler of one batch', async () => {
    const calls: Seen[] = [];
    const { rounds, commits } = aConsumer({
      merged: false,
      handler: async (batches) => void calls.push(seenOf(batches)),
    });
    await Promise.all([rounds.add(fetched(0, 0, 1)), rounds.add(fetched(1, 0, 1))]);
    expect(calls).toEqual([[[0, ['0']]], [[1, ['0']]]]);
    expect(commits).toEqual([['0@1'], ['1@1']]);
  });

  it('handles a portion again until the handler takes it, and commits only then', async () => {
    let tries = 0;
    const { rounds, commits } = aConsumer({
      merged: true,
      handler: async () => {
        if (++tries < 2) throw new Error('database away');
      },
    });
    await rounds.add(fetched(0, 0, 1));
    expect([tries, commits]).toEqual([2, [['0@1']]]);
  });

  it('commits nothing of a portion when one of its partitions was taken away', async () => {
    const { rounds, commits } = aConsumer({ merged: true, handler: async () => undefined });
    await Promise.all([rounds.add(fetched(0, 0, 1)), rounds.add(fetched(1, 0, 1, () => true))]);
    expect(commits).toEqual([]);
  });

  it('tells the client when a commit failed', async () => {
    const rounds = new Rounds(
      { log, onBatches: async () => undefined },
      { commitOffsets: () => Promise.reject(new Error('rebalance')) },
      new AbortController().signal,
    );
    await expect(rounds.add(fetched(0, 0, 1))).rejects.toThrow('rebalance');
  });

  it('lets more messages gather before the next fetch, after this one was handled, and not when the process stops', async () => {
    const stop = new AbortController();
    let handled = false;
    const { rounds } = aConsumer(
      { merged: true, gatherMs: 3_600_000, handler: async () => void (handled = true) },
      stop.signal,
    );
    let over = false;
    const round = rounds.add(fetched(0, 0, 1)).then(() => (over = true));
    await expect.poll(() => handled).toBe(true);
    expect(over).toBe(false);
    stop.abort();
    await round;
  });

  it('fetches at once after a full portion', async () => {
    const { rounds, commits } = aConsumer({
      merged: true,
      gatherMs: 3_600_000,
      batchSize: 2,
      handler: async () => undefined,
    });
    await rounds.add(fetched(0, 0, 2));
    expect(commits).toEqual([['0@2']]);
  });
});

describe('the membership of a batch consumer', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('lives on while a handler works for longer than a session, and nobody beats after it', async () => {
    const work = Promise.withResolvers<void>();
    const { rounds } = aConsumer({ merged: true, handler: () => work.promise });
    let beats = 0;
    const payload = { ...fetched(0, 0, 1), heartbeat: async () => void (beats += 1) };
    const round = rounds.add(payload);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(beats).toBe(30);
    work.resolve();
    await round;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(beats, 'one more after the commit').toBe(31);
  });

  it('that was lost ends no handler: the commit tells', async () => {
    const work = Promise.withResolvers<void>();
    const { rounds, commits } = aConsumer({ merged: true, handler: () => work.promise });
    let lost = true;
    const heartbeat = () => (lost ? Promise.reject(new Error('unknown member')) : Promise.resolve());
    const round = rounds.add({ ...fetched(0, 0, 1), heartbeat });
    await vi.advanceTimersByTimeAsync(5000);
    lost = false;
    work.resolve();
    await round;
    expect(commits).toEqual([['0@1']]);
  });
});
