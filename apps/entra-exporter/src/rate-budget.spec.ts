import { afterEach, describe, expect, it } from 'vitest';
import { EngineStub, aUserExport } from './testing/engine-stub.js';
import { aWorld, seeded, type World } from './testing/world.js';

let world: World | undefined;
afterEach(() => world?.close());

interface Stats {
  readonly throttled: number;
  readonly writes: number;
  readonly duplicateAnchors: readonly unknown[];
  readonly objects: { readonly users: number };
}
/** The bucket starts full with 3,000 and gains 20 a second (operations/graph-export.md section 5). */
const floorSeconds = (creates: number): number => (creates - 3000) / 20;

async function expectMet(the: World, creates: number, begun: number, engines: readonly EngineStub[]): Promise<void> {
  const seconds = (the.clock.now() - begun) / 1000;
  const stats = (await the.admin('GET', '/stats')) as Stats;
  const outcomes = engines.flatMap((engine) => [...engine.outcomes.values()]);
  expect(outcomes.map(({ outcome }) => outcome).filter((outcome) => outcome === 'applied')).toHaveLength(creates);
  expect(stats.objects.users).toBe(creates);
  expect(stats.duplicateAnchors).toEqual([]);
  expect(seconds).toBeGreaterThanOrEqual(floorSeconds(creates) - 1);
  expect(seconds).toBeLessThanOrEqual(floorSeconds(creates) * 1.05);
  expect(stats.throttled / (stats.writes + stats.throttled)).toBeLessThan(0.01);
}

describe('the published limits of the service', () => {
  it(
    'are met and not hit: 10,000 creates within 5 % of the floor, less than 1 % refused, none lost, none twice',
    { timeout: 240_000 },
    async () => {
      world = await aWorld({ simulator: { throttle: { enabled: true } } });
      const engine = new EngineStub(world, { random: seeded(1) });
      const begun = world.clock.now();
      await engine.settle(Array.from({ length: 10_000 }, () => aUserExport()));
      await expectMet(world, 10_000, begun, [engine]);
    },
  );

  it('are met by two replicas together', { timeout: 240_000 }, async () => {
    world = await aWorld({ simulator: { throttle: { enabled: true } } });
    const engines = [
      new EngineStub(world, { random: seeded(1), chunk: 100 }),
      new EngineStub(world, { random: seeded(2), chunk: 100 }),
    ];
    const begun = world.clock.now();
    await Promise.all(engines.map((engine) => engine.settle(Array.from({ length: 2500 }, () => aUserExport()))));
    await expectMet(world, 5000, begun, engines);
  });

  it('are learnt when the service allows less than published', { timeout: 240_000 }, async () => {
    world = await aWorld({ simulator: { throttle: { enabled: true, writes: 150 } } });
    const engine = new EngineStub(world, { random: seeded(1) });
    const begun = world.clock.now();
    await engine.settle(Array.from({ length: 600 }, () => aUserExport()));
    const seconds = (world.clock.now() - begun) / 1000;
    const stats = (await world.admin('GET', '/stats')) as Stats;
    expect(stats.objects.users).toBe(600);
    expect(stats.duplicateAnchors).toEqual([]);
    expect(seconds).toBeLessThanOrEqual(450 * 1.15);
    expect(stats.throttled).toBeLessThan(200);
  });
});
