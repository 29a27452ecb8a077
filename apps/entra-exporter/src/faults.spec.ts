import { afterEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import type { FaultRule } from '@adjoin/entra-simulator';
import { EngineStub, aGroupExport, aUserExport } from './testing/engine-stub.js';
import { aWorld, seeded, type World } from './testing/world.js';

const USERS = 400;
const GROUPS = 10;
const SIZE = 45;

/** 20 % of the items refused, 5 % of the answers lost after the writes happened, and connections that break before. */
const FAULTS: readonly Partial<FaultRule>[] = [
  { path: '^/(users|groups)', status: 429, retryAfter: 2, probability: 0.11 },
  { path: '^/(users|groups)', status: 503, retryAfter: 1, probability: 0.12 },
  { path: '^/\\$batch$', drop: true, when: 'after', probability: 0.05 },
  { path: '^/\\$batch$', drop: true, probability: 0.02 },
];

let worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  worlds = [];
});
async function tenant(): Promise<World> {
  const world = await aWorld({ simulator: { eventualMs: 10_000 } });
  worlds.push(world);
  return world;
}

const user = (index: number, more: Partial<ExportMessage> = {}): ExportMessage =>
  aUserExport({
    objectId: `u${index}`,
    sourceAnchor: `anchor-u${index}`,
    attributes: { displayName: `User ${index}`, userPrincipalName: `u${index}@corp.test`, accountEnabled: true },
    ...more,
  });

/** Creates, links, changes and deletes, each after what it needs. */
async function synchronize(world: World): Promise<EngineStub> {
  const engine = new EngineStub(world, { random: seeded(5) });
  const idOf = (objectId: string): string => engine.outcomes.get(objectId)?.cloudId ?? `no id of ${objectId}`;
  const all = Array.from({ length: USERS }, (_, index) => index);
  await engine.settle(all.map((index) => user(index)));
  const member = (index: number) => ({ mv: `u${index}`, cloudId: idOf(`u${index}`) });
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    aGroupExport([], {
      objectId: `g${group}`,
      sourceAnchor: `anchor-g${group}`,
      attributes: { displayName: `Group ${group}`, securityEnabled: true },
      references: { member: { add: all.slice(group * 20, group * 20 + SIZE).map(member), remove: [] } },
    }),
  );
  await engine.settle(groups);
  const change = (index: number, attributes: ExportMessage['attributes']): ExportMessage =>
    user(index, { version: 100, operation: 'update', cloudId: idOf(`u${index}`), attributes });
  await engine.settle([
    ...all
      .slice(0, 200)
      .map((index) => change(index, { department: `D${index % 7}`, manager: { $ref: idOf(`u${index + 1}`) } })),
    ...all.slice(300).map((index) => user(index, { version: 100, operation: 'delete', cloudId: idOf(`u${index}`) })),
    ...groups.slice(0, 3).map((group, at) => ({
      ...group,
      version: 100,
      operation: 'update' as const,
      cloudId: idOf(group.objectId),
      attributes: {},
      references: { member: { add: [], remove: [member(at * 20), member(at * 20 + 1)] } },
    })),
  ]);
  return engine;
}

interface Saved {
  readonly objects: readonly {
    readonly id: string;
    readonly type: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly deletedAt?: number;
    readonly manager?: string;
    readonly members?: readonly string[];
  }[];
}

/** The tenant without ids and times, by anchor. */
async function contentOf(world: World): Promise<unknown> {
  const { objects } = (await world.admin('GET', '/state')) as Saved;
  const anchorOf = (properties: Readonly<Record<string, unknown>>): string =>
    String(Object.entries(properties).find(([name]) => /ImmutableId$|sourceAnchor$/i.test(name))?.[1]);
  const names = new Map(objects.map(({ id, properties }) => [id, anchorOf(properties)]));
  const name = (id: string | undefined): string | undefined => (id === undefined ? undefined : names.get(id));
  return objects
    .filter(({ type }) => type !== 'application')
    .map(({ type, properties, deletedAt, manager, members }) => ({
      type,
      anchor: anchorOf(properties),
      shown: [properties['displayName'], properties['department'], properties['accountEnabled']],
      deleted: deletedAt !== undefined,
      manager: name(manager),
      members: deletedAt === undefined ? members?.map(name).sort() : undefined,
    }))
    .sort((left, right) => left.anchor.localeCompare(right.anchor));
}

describe('a service in trouble', () => {
  it('ends with the same tenant, nothing twice, each failure counted', { timeout: 240_000 }, async () => {
    const [calm, rough] = await Promise.all([tenant(), tenant()]);
    await synchronize(calm);
    await rough.admin('PUT', '/faults', FAULTS);
    const engine = await synchronize(rough);
    const fired = (await rough.admin('GET', '/faults')) as readonly { fired: number }[];
    const stats = (await rough.admin('GET', '/stats')) as { duplicateAnchors: unknown[] };

    expect(fired.every((rule) => rule.fired > 0)).toBe(true);
    expect([...engine.outcomes.values()].filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    expect(await contentOf(rough)).toEqual(await contentOf(calm));
    expect(stats.duplicateAnchors).toEqual([]);
    const { throttled, unavailable, lost } = rough.wire.counts;
    expect(Object.fromEntries(rough.troubles)).toEqual({ throttled, unavailable, 'no-answer': lost });
  });
});
