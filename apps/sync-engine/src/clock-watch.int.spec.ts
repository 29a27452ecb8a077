import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '@adjoin/shared';
import { ClockWatch } from './state/clock-watch.js';
import { NEVER } from './sync/export-state.js';
import { EngineHarness } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const MINUTE = 60_000;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** A watch on clocks that the test sets. `due` counts how often something was made due. */
function aWatch() {
  const clock = { wall: Date.now(), monotonic: 0, due: 0 };
  const watch = new ClockWatch({
    store: engine.store,
    connectors: ['corp', 'entra'],
    log: createLogger('test', 'silent'),
    due: () => (clock.due += 1),
    clocks: { wall: () => clock.wall, monotonic: () => clock.monotonic },
  });
  const pass = (ms: number, { jump = 0 } = {}): void => {
    clock.monotonic += ms;
    clock.wall += ms + jump;
  };
  return { clock, pass, watch };
}

/** Exports of two users and one member, all due so far away. */
async function dueIn(ms: number): Promise<void> {
  await engine.deliver([engine.user(1), engine.user(2), engine.group(50, [1])]);
  await engine.baseline();
  await engine.sync();
  const nextAt = new Date(Date.now() + ms);
  await engine.store.cs.updateMany({ 'exp.state': 'pending' }, { $set: { 'exp.nextAt': nextAt } });
  await engine.store.targetEdges.updateMany({}, { $set: { nextAt } });
}

const released = async (): Promise<number> => (await engine.release()).length;

describe('what became due while the clock was ahead', () => {
  it('goes as soon as the clock is set right', async () => {
    await dueIn(90_000);
    const { clock, pass, watch } = aWatch();
    await watch.look();
    pass(1000);
    await watch.look();
    expect([clock.due, await released()]).toEqual([0, 0]);
    pass(1000, { jump: -90_000 });
    await watch.look();
    expect(clock.due).toBe(1);
    expect(await released()).toBe(3);
  });

  it('is synchronized as soon as the clock is set right', async () => {
    const { pass, watch } = aWatch();
    await watch.look();
    await engine.deliver([engine.user(1)]);
    await engine.store.cs.updateMany({}, { $set: { dirtyAt: new Date(Date.now() + 90_000) } });
    expect(await engine.worker.chunk()).toBe(0);
    pass(1000, { jump: -90_000 });
    await watch.look();
    expect(await engine.worker.chunk()).toBe(1);
  });

  it('goes when an engine starts, if it is further away than any pause', async () => {
    await dueIn(61 * MINUTE);
    const { watch } = aWatch();
    await watch.look();
    expect(await released()).toBe(3);
  });
});

describe('a pause', () => {
  it('after a failure goes on when an engine starts and while the clock runs as it should', async () => {
    await dueIn(30 * MINUTE);
    const { clock, pass, watch } = aWatch();
    for (let look = 0; look < 5; look++) {
      await watch.look();
      pass(1000, { jump: 40 }); // the time is synchronized in small steps
    }
    expect([clock.due, await released()]).toEqual([0, 0]);
  });

  it('is not ended by a clock that goes forward', async () => {
    await dueIn(30 * MINUTE);
    const { clock, pass, watch } = aWatch();
    await watch.look();
    pass(1000, { jump: 10 * MINUTE });
    await watch.look();
    expect(clock.due).toBe(0);
  });

  it('without an end is never ended', async () => {
    await dueIn(0);
    await engine.store.targetEdges.updateMany({}, { $set: { nextAt: NEVER } });
    const { pass, watch } = aWatch();
    await watch.look();
    pass(1000, { jump: -60 * MINUTE });
    await watch.look();
    expect(await engine.store.targetEdges.countDocuments({ nextAt: NEVER })).toBe(1);
  });
});
