import { describe, expect, it } from 'vitest';
import { SyncError } from '@adjoin/contracts';
import {
  GraphBatcher,
  MemoryBudgetStore,
  PUBLISHED_WRITES,
  WriteBudget,
  type BatchTrouble,
  type BatchUnit,
  type BatcherOptions,
  type WireCall,
} from '@adjoin/graph';
import { VirtualClock } from '@adjoin/testing';

type Answer = (call: WireCall) => { status: number; headers?: Record<string, string> };
interface Sent {
  readonly at: number;
  readonly urls: readonly string[];
}

function aService(answer: Answer, options: Partial<BatcherOptions> = {}, clock = new VirtualClock(0)) {
  const sent: Sent[] = [];
  const troubles: [BatchTrouble, number][] = [];
  const batcher = new GraphBatcher({
    send: async ({ requests }) => {
      sent.push({ at: clock.now(), urls: requests.map((call) => call.url) });
      const responses = requests.map((call) => ({ id: call.id, ...answer(call) }));
      return { status: 200, headers: {}, body: { responses } };
    },
    now: clock.now,
    random: () => 0,
    delay: clock.delay,
    observer: { trouble: (trouble, calls) => void troubles.push([trouble, calls]) },
    ...options,
  });
  return { batcher, clock, sent, troubles };
}
function aBudget(clock: VirtualClock) {
  const store = new MemoryBudgetStore(PUBLISHED_WRITES, clock.now);
  return { store, budget: new WriteBudget({ store, now: clock.now }) };
}
const write = (url: string, priority: BatchUnit['priority'] = 1): BatchUnit => ({
  calls: [{ method: 'PATCH', url, body: {} }],
  repeatable: true,
  priority,
});
const read = (url: string): BatchUnit => ({ calls: [{ method: 'GET', url }], repeatable: true });
const ok: Answer = () => ({ status: 204 });

describe('GraphBatcher with a budget', () => {
  async function limited(tokens: number) {
    const clock = new VirtualClock(0);
    const { budget } = aBudget(clock);
    await budget.noteRefused(1000 * ((1 - tokens) / PUBLISHED_WRITES.perSecond));
    return { ...aService(ok, { budget }, clock), budget };
  }

  it('sends full batches as fast as the bucket fills', async () => {
    const { batcher, sent, clock } = await limited(0);
    await Promise.all(Array.from({ length: 60 }, (_, index) => batcher.submit(write(`/users/${index}`))));
    expect(sent.map(({ urls }) => urls.length)).toEqual([20, 20, 20]);
    expect([clock.now() >= 3000, clock.now() < 3300]).toEqual([true, true]);
  });

  it('lets reads pass while writes wait', async () => {
    const { batcher, sent } = await limited(-100);
    const writing = batcher.submit(write('/users/1'));
    await batcher.submit(read('/users/2'));
    expect(sent.map(({ urls }) => urls)).toEqual([['/users/2']]);
    await writing;
  });

  it('gives what the bucket has to the urgent ones first', async () => {
    const { batcher, sent } = await limited(-20);
    const bulk = Array.from({ length: 40 }, (_, index) => batcher.submit(write(`/bulk/${index}`, 2)));
    const disable = batcher.submit(write('/disable', 0));
    await Promise.all([...bulk, disable]);
    expect(sent[0]?.urls[0]).toBe('/disable');
  });

  it('learns of the limit from a refused batch and then stays under it', async () => {
    const clock = new VirtualClock(0);
    const { budget } = aBudget(clock);
    const headers = { 'Retry-After': '2', 'x-ms-throttle-information': 'WriteLimitExceeded' };
    const answer: Answer = () => (clock.now() < 2000 ? { status: 429, headers } : { status: 204 });
    const { batcher, troubles } = aService(answer, { budget }, clock);
    await Promise.all(Array.from({ length: 20 }, (_, index) => batcher.submit(write(`/users/${index}`))));
    expect(budget.level).toBeDefined();
    expect(troubles).toEqual([['throttled', 20]]);
  });

  it('takes single refusals without a reason for what they are, and waits when all are refused', async () => {
    const clock = new VirtualClock(0);
    const { budget } = aBudget(clock);
    let refused = 0;
    const answer: Answer = () => (refused++ < 23 ? { status: 429, headers: { 'Retry-After': '2' } } : { status: 204 });
    const { batcher, sent } = aService(answer, { budget }, clock);
    await Promise.all(Array.from({ length: 60 }, (_, index) => batcher.submit(write(`/users/${index}`))));
    expect(budget.level).toBeUndefined();
    expect(sent.filter(({ at }) => at > 0 && at < 2000)).toEqual([]);
  });
});

describe('GraphBatcher in an outage', () => {
  it('tries with one batch after growing pauses, and goes on when that is answered', async () => {
    const clock = new VirtualClock(0);
    const tries: number[] = [];
    const send: BatcherOptions['send'] = async ({ requests }) => {
      tries.push(clock.now());
      if (clock.now() < 60_000) throw new SyncError('ADJ-EXP-3001', 'no answer');
      return { status: 200, headers: {}, body: { responses: requests.map(({ id }) => ({ id, status: 204 })) } };
    };
    const { batcher, troubles } = aService(ok, { giveUpMs: 600_000, send }, clock);
    const replies = await Promise.all(
      Array.from({ length: 400 }, (_, index) => batcher.submit(write(`/users/${index}`))),
    );
    expect(replies.flat().every((reply) => reply.kind === 'answer')).toBe(true);
    expect(tries.filter((at) => at <= 60_000).length).toBeLessThan(40); // not every waiting batch tried again and again
    expect(troubles.every(([trouble]) => trouble === 'no-answer')).toBe(true);
  });

  it('repeats a create that certainly was not sent', async () => {
    let tries = 0;
    const { batcher } = aService(ok, {
      send: async ({ requests }) => {
        if (tries++ === 0)
          throw new SyncError('ADJ-EXP-3001', 'no answer', {
            cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
          });
        return { status: 200, headers: {}, body: { responses: requests.map(({ id }) => ({ id, status: 201 })) } };
      },
    });
    const [reply] = await batcher.submit({ calls: [{ method: 'POST', url: '/users', body: {} }], repeatable: false });
    expect([reply?.kind, tries]).toEqual(['answer', 2]);
  });

  it('sends nothing while a limit that also counts reads is exceeded', async () => {
    let refused = false;
    const { batcher, sent } = aService(() => {
      if (refused) return { status: 200 };
      refused = true;
      return {
        status: 429,
        headers: { 'Retry-After': '7', 'x-ms-throttle-information': 'ResourceUnitLimitExceeded' },
      };
    });
    await batcher.submit(read('/users/1'));
    expect(sent.map(({ at }) => at)).toEqual([0, 7000]);
  });
});
