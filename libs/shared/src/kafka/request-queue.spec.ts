import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestQueue } from './request-queue.js';

const silent = { debug: () => undefined, warn: () => undefined };
const sent: number[] = [];
const queueOf = (maxInFlightRequests: number | null) =>
  new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'broker',
    logger: silent,
  });
const push = (queue: RequestQueue, correlationId: number) =>
  queue.push({
    entry: { correlationId, resolve: () => undefined },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  });

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
});
afterEach(() => vi.useRealTimers());

describe('requests of a Kafka connection', () => {
  it('are not looked for while none waits', () => {
    const queue = queueOf(null);
    push(queue, 1);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    queue.checkPendingRequests();
    expect(sent).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wait for the end of the pause that the broker asked for', () => {
    const queue = queueOf(null);
    queue.maybeThrottle(500);
    push(queue, 1);
    push(queue, 2);
    vi.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(sent).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wait for an answer when too many are in flight', () => {
    const queue = queueOf(1);
    push(queue, 1);
    push(queue, 2);
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1, 2]);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});
