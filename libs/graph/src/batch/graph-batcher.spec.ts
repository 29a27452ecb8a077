import { describe, expect, it } from 'vitest';
import { SyncError } from '@adjoin/contracts';
import { GraphBatcher, MAX_BATCH, type BatcherOptions, type WireCall } from './graph-batcher.js';
import type { BatchCall, BatchUnit } from './batch-unit.js';

interface Sent {
  readonly requests: readonly WireCall[];
}
type Answer = (call: WireCall) => { status: number; body?: unknown; headers?: Record<string, string> };

/** A service that answers each call by a function; time passes only when the batcher waits. */
function aService(answer: Answer, options: Partial<BatcherOptions> = {}) {
  const batches: Sent[] = [];
  const clock = { now: 0 };
  const batcher = new GraphBatcher({
    send: async (body) => {
      batches.push(body);
      const failed = new Set<string>();
      const responses = body.requests.map((call) => {
        const reply = call.dependsOn?.some((id) => failed.has(id)) === true ? { status: 424 } : answer(call);
        if (reply.status >= 300) failed.add(call.id);
        return { id: call.id, ...reply };
      });
      return { status: 200, headers: {}, body: { responses: responses.reverse() } };
    },
    now: () => clock.now,
    random: () => 0,
    delay: (ms, then) => {
      setImmediate(() => {
        clock.now += ms;
        then();
      });
    },
    ...options,
  });
  return { batcher, batches, clock };
}
const call = (url: string, method: BatchCall['method'] = 'PATCH'): BatchCall => ({ method, url, body: {} });
const unit = (url: string, more: Partial<BatchUnit> = {}): BatchUnit => ({
  calls: [call(url)],
  repeatable: true,
  ...more,
});
const ok: Answer = () => ({ status: 204 });

describe('GraphBatcher', () => {
  it('packs calls into batches of at most twenty', async () => {
    const { batcher, batches } = aService(ok);
    await Promise.all(Array.from({ length: 45 }, (_, index) => batcher.submit(unit(`/users/${index}`))));
    expect(batches.map((batch) => batch.requests.length)).toEqual([MAX_BATCH, MAX_BATCH, 5]);
  });

  it('sends only the throttled items again, after their own Retry-After', async () => {
    let refused = 0;
    const { batcher, batches, clock } = aService(({ url }) =>
      (url === '/users/3' || url === '/users/7') && refused++ < 2
        ? { status: 429, headers: { 'Retry-After': '5' } }
        : { status: 204 },
    );
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => batcher.submit(unit(`/users/${index}`))),
    );
    expect(replies.flat().every((reply) => reply.kind === 'answer' && reply.status === 204)).toBe(true);
    expect(
      batches
        .slice(1)
        .flatMap((batch) => batch.requests.map((request) => request.url))
        .sort(),
    ).toEqual(['/users/3', '/users/7']);
    expect(clock.now).toBeGreaterThanOrEqual(5000);
  });

  it('chains the calls of a unit with dependsOn and reports what was not tried', async () => {
    const { batcher, batches } = aService(({ url }) => ({
      status: url === '/b' ? 400 : 204,
      body: { error: { code: 'Request_BadRequest' } },
    }));
    const replies = await batcher.submit({ calls: [call('/a'), call('/b'), call('/c')], repeatable: true });
    expect(replies.map((reply) => (reply.kind === 'answer' ? reply.status : reply.kind))).toEqual([
      204,
      400,
      'skipped',
    ]);
    expect(batches[0]?.requests.map((request) => request.dependsOn)).toEqual([undefined, ['0.0'], ['0.1']]);
  });

  it('goes on with the rest of a unit after its second call was throttled', async () => {
    let first = true;
    const { batcher, batches } = aService(({ url }) => {
      if (url !== '/b' || !first) return { status: 204 };
      first = false;
      return { status: 429, headers: { 'retry-after': '1' } };
    });
    const replies = await batcher.submit({ calls: [call('/a'), call('/b'), call('/c')], repeatable: true });
    expect(replies.map((reply) => reply.kind)).toEqual(['answer', 'answer', 'answer']);
    expect(batches[1]?.requests.map((request) => request.url)).toEqual(['/b', '/c']);
  });

  it('never repeats a create that may have been executed', async () => {
    const { batcher, batches } = aService(() => ({ status: 504 }));
    const replies = await batcher.submit({ calls: [call('/users', 'POST')], repeatable: false });
    expect(replies.map((reply) => reply.kind)).toEqual(['unknown']);
    expect(batches).toHaveLength(1);
  });

  it('calls a create unknown when the connection was lost', async () => {
    const { batcher } = aService(ok, { send: () => Promise.reject(new SyncError('ADJ-EXP-3001', 'gone')) });
    const replies = await batcher.submit({ calls: [call('/users', 'POST')], repeatable: false });
    expect(replies.map((reply) => reply.kind)).toEqual(['unknown']);
  });

  it('defers what stays throttled beyond the limit', async () => {
    const { batcher } = aService(() => ({ status: 429, headers: { 'Retry-After': '20' } }), { giveUpMs: 60_000 });
    const [reply] = await batcher.submit(unit('/users/1'));
    expect(reply).toMatchObject({ kind: 'deferred', error: { code: 'ADJ-EXP-3005' } });
  });

  it('renews the token once for an item answered with 401', async () => {
    let renewed = 0;
    const { batcher } = aService(() => ({ status: renewed === 0 ? 401 : 204 }), {
      onUnauthorized: () => void renewed++,
    });
    const [reply] = await batcher.submit(unit('/users/1'));
    expect([reply, renewed]).toEqual([{ kind: 'answer', status: 204, body: undefined }, 1]);
  });

  it('asks whether sending is still allowed right before the batch', async () => {
    let open = true;
    const { batcher, batches } = aService(ok, { beforeBatch: async () => void (open = false) });
    const [reply] = await batcher.submit(unit('/users/1', { admit: () => open }));
    expect([reply?.kind, batches.length]).toEqual(['dropped', 0]);
  });

  it('sends nothing while it cannot be known whether sending is allowed', async () => {
    const { batcher, batches } = aService(ok, {
      beforeBatch: () => Promise.reject(new SyncError('ADJ-MDB-0001', 'no database')),
      giveUpMs: 100,
    });
    const [reply] = await batcher.submit({ calls: [call('/users', 'POST')], repeatable: false });
    expect([reply?.kind, batches.length]).toEqual(['deferred', 0]);
  });

  it('lets urgent units go first', async () => {
    const { batcher, batches } = aService(ok, { concurrency: 1 });
    const bulk = Array.from({ length: 30 }, (_, index) => batcher.submit(unit(`/bulk/${index}`, { priority: 2 })));
    const urgent = batcher.submit(unit('/urgent', { priority: 0 }));
    await Promise.all([...bulk, urgent]);
    expect(batches[0]?.requests[0]?.url).toBe('/urgent');
  });

  it('pauses everything when the whole batch is throttled', async () => {
    let refused = false;
    const { batcher, batches, clock } = aService(ok);
    const throttled = new GraphBatcher({
      send: async (body) => {
        if (refused)
          return {
            status: 200,
            headers: {},
            body: { responses: body.requests.map((request) => ({ id: request.id, status: 204 })) },
          };
        refused = true;
        return { status: 429, headers: { 'retry-after': '3' }, body: { error: { code: 'TooManyRequests' } } };
      },
      now: () => clock.now,
      random: () => 0,
      delay: (ms, then) => void setImmediate(() => ((clock.now += ms), then())),
    });
    const [reply] = await throttled.submit({ calls: [call('/users', 'POST')], repeatable: false });
    expect([reply?.kind, clock.now >= 3000, batches.length, batcher.backlog]).toEqual(['answer', true, 0, 0]);
  });
});
