import { EventEmitter } from 'node:events';
import type { ConsumerConfig, Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../logging/logger.js';
import { BatchConsumer } from './batch-consumer.js';

const EVENTS = { CRASH: 'crash', GROUP_JOIN: 'join' };

/** A client whose consumer joins its group when the test lets it. */
class FakeKafka {
  readonly events = new EventEmitter();
  config: ConsumerConfig | undefined;
  disconnected = 0;
  joined: () => void = () => undefined;

  /** The part of the client that is used. */
  get kafka(): Kafka {
    const consumer = {
      events: EVENTS,
      on: (name: string, listener: (event: unknown) => void) => this.events.on(name, listener),
      connect: () => Promise.resolve(),
      subscribe: () => Promise.resolve(),
      run: () => new Promise<void>((resolve) => (this.joined = resolve)),
      disconnect: () => {
        this.disconnected += 1;
        return Promise.resolve();
      },
    };
    const client = {
      consumer: (config: ConsumerConfig) => {
        this.config = config;
        return consumer;
      },
    };
    return client as unknown as Kafka;
  }
}

function aConsumer() {
  const fake = new FakeKafka();
  const log = createLogger('test', 'silent');
  const options = { kafka: fake.kafka, groupId: 'g', topics: ['t'], log, onBatch: () => Promise.resolve() };
  return { fake, consumer: new BatchConsumer(options) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a consumer', () => {
  it('that is told to end while it still joins its group leaves it as soon as it has joined', async () => {
    const { fake, consumer } = aConsumer();
    const abort = new AbortController();
    const end = consumer.run(abort.signal);
    await turn();
    abort.abort();
    await turn();
    expect(fake.disconnected, 'a client that joins cannot be stopped').toBe(0);
    fake.joined();
    await end;
    expect(fake.disconnected).toBe(1);
  });

  it('that was killed blocks its group for 10 s: little longer than the lease of an engine, four lost heartbeats', async () => {
    const { fake, consumer } = aConsumer();
    const abort = new AbortController();
    const end = consumer.run(abort.signal);
    await turn();
    expect(fake.config).toMatchObject({ sessionTimeout: 10_000, heartbeatInterval: 2500 });
    fake.joined();
    abort.abort();
    await end;
  });

  it('ends when it is told to', async () => {
    const { fake, consumer } = aConsumer();
    const abort = new AbortController();
    const end = consumer.run(abort.signal);
    await turn();
    fake.joined();
    await turn();
    abort.abort();
    await end;
    expect(fake.disconnected).toBe(1);
  });

  it('is never started again by its client, which could not be stopped then', async () => {
    const { fake, consumer } = aConsumer();
    const end = consumer.run(new AbortController().signal);
    await turn();
    expect(await fake.config?.retry?.restartOnFailure?.(new Error('any'))).toBe(false);
    fake.joined();
    await turn();
    fake.events.emit(EVENTS.CRASH, { payload: { restart: false, error: new Error('the broker is gone') } });
    await expect(end).rejects.toMatchObject({ code: 'ADJ-KFK-0001' });
    expect(fake.disconnected).toBe(1);
  });
});
