import { SyncError } from '@adjoin/contracts';
import { ServiceBusy, type ObjectResult, type SyncObject } from '@adjoin/sync-service';
import { describe, expect, it } from 'vitest';
import { ObjectBatcher, type Delivery, type Priority } from './object-batcher.js';

const throttled = (seconds?: number): ServiceBusy =>
  new ServiceBusy(new SyncError('ADJ-EXP-3005', 'Throttled.'), seconds === undefined ? undefined : seconds * 1000);
const lost = new ServiceBusy(new SyncError('ADJ-EXP-3001', 'No answer.'), undefined);

function anObject(anchor: string): SyncObject {
  return { type: 'User', operation: 'Set', properties: new Map([['SourceAnchor', { type: 'string', value: anchor }]]) };
}
const anchorOf = ({ properties }: SyncObject): string => {
  const value = properties.get('SourceAnchor');
  return value?.type === 'string' ? value.value : '';
};

/** A service with a list of what comes of each call (undefined and after the end: it works), on a clock of its own. */
function aScene(answers: readonly (ServiceBusy | undefined)[], maxObjects = 2) {
  const scene = {
    now: 0,
    calls: [] as { readonly at: number; readonly objects: readonly string[] }[],
    troubles: [] as string[],
    timers: [] as { readonly at: number; readonly then: () => void }[],
  };
  const batcher = new ObjectBatcher({
    service: {
      provision: (objects) => {
        const answer = answers[scene.calls.length];
        scene.calls.push({ at: scene.now, objects: objects.map(anchorOf) });
        if (answer !== undefined) return Promise.reject(answer);
        return Promise.resolve(
          objects.map((): ObjectResult => ({
            ...{ type: 'User', sourceAnchor: undefined, cloudAnchor: undefined, succeeded: true },
            ...{ errorCode: undefined, errorDescription: undefined },
          })),
        );
      },
    },
    maxLinks: () => 1000,
    maxObjects,
    now: () => scene.now,
    random: () => 0.5,
    delay: (ms, then) => void scene.timers.push({ at: scene.now + ms, then }),
    gather: (then) => void setImmediate(then),
    trouble: (trouble, objects) => scene.troubles.push(`${trouble} ${String(objects)}`),
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => void setImmediate(resolve));
  };
  const until = async (at: number): Promise<void> => {
    await settle();
    for (let next = first(scene.timers, at); next !== undefined; next = first(scene.timers, at)) {
      scene.timers.splice(scene.timers.indexOf(next), 1);
      scene.now = next.at;
      next.then();
      await settle();
    }
    scene.now = at;
  };
  const submit = (anchor: string, priority: Priority = 1, admit = (): boolean => true): Promise<Delivery> =>
    batcher.submit(anObject(anchor), priority, admit);
  return { scene, batcher, submit, until };
}

function first<T extends { readonly at: number }>(timers: readonly T[], at: number): T | undefined {
  return timers.filter((timer) => timer.at <= at).sort((one, other) => one.at - other.at)[0];
}

describe('a busy sync service', () => {
  it('is left alone for as long as it says, with jitter, and everything goes afterwards', async () => {
    const { scene, submit, until } = aScene([throttled(30)]);
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((anchor) => submit(anchor)));
    await until(33_799);
    const before = scene.calls.map(({ at }) => at);
    await until(33_900);
    expect(Math.max(...before)).toBe(0);
    expect(before.length).toBeLessThanOrEqual(2);
    expect((await all).map(({ kind }) => kind)).toEqual(Array(5).fill('answer'));
    expect(scene.troubles).toEqual(['throttled 2']);
  });

  it('gets what became urgent meanwhile first', async () => {
    const { scene, submit, until } = aScene([throttled(10)], 1);
    const bulk = submit('bulk', 2);
    await until(5000);
    const urgent = submit('disabled', 0);
    await until(20_000);
    await Promise.all([bulk, urgent]);
    expect(scene.calls.map(({ objects }) => objects[0])).toEqual(['bulk', 'disabled', 'bulk']);
  });

  it('that does not answer is tried by one call at growing distances', async () => {
    const { scene, submit, until } = aScene([lost, lost, lost, lost]);
    const all = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((anchor) => submit(anchor)));
    await until(60_000);
    await all;
    const times = [...new Set(scene.calls.map(({ at }) => at))];
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps).toEqual([...gaps].sort((one, other) => one - other));
    for (const at of times.slice(1, -1)) expect(scene.calls.filter((call) => call.at === at)).toHaveLength(1);
    expect(new Set(scene.calls.slice(4).flatMap(({ objects }) => objects))).toEqual(new Set('abcdef'));
  });

  it('that wants more patience than there is leaves its objects for later', async () => {
    const { submit, until } = aScene([throttled(300)]);
    const delivery = submit('a');
    await until(0);
    expect(await delivery).toMatchObject({
      kind: 'failed',
      error: { code: 'ADJ-EXP-3005', afterMs: 300_000 },
      alone: false,
    });
  });

  it('does not get what is not allowed any more when its time is over', async () => {
    const { scene, submit, until } = aScene([throttled(5)]);
    let allowed = true;
    const delivery = submit('a', 1, () => allowed);
    await until(1000);
    allowed = false;
    await until(20_000);
    expect(await delivery).toEqual({ kind: 'dropped' });
    expect(scene.calls).toHaveLength(1);
  });
});
