import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { aGroupExport, aUserExport, EngineStub } from '../testing/engine-stub.js';
import { ExporterProcess } from '../testing/exporter-process.js';
import { aWorld, seeded, type World } from '../testing/world.js';

let world: World;
let engine: EngineStub;
beforeEach(async () => {
  world = await aWorld();
  engine = new EngineStub(world, { random: seeded(3) });
});
afterEach(() => world.close());

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
/** Delivers messages to an exporter that knows only what is stored. */
const deliver = (...messages: readonly ExportMessage[]): Promise<void> =>
  new ExporterProcess(world, seeded(4)).handle(messages);
const idOf = (objectId: string): string => engine.outcomes.get(objectId)?.cloudId ?? '';

interface Saved {
  readonly objects: readonly {
    readonly id: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly members?: readonly string[];
  }[];
}
async function objectOf(objectId: string): Promise<Saved['objects'][number] | undefined> {
  const { objects } = (await world.admin('GET', '/state')) as Saved;
  return objects.find(({ id }) => id === idOf(objectId));
}

const user = aUserExport({ objectId: 'u' });
const update = (version: number, more: Partial<ExportMessage>): ExportMessage => ({
  ...user,
  operation: 'update',
  version,
  releasedAt: at(version),
  cloudId: idOf('u'),
  attributes: {},
  ...more,
});

describe('an update that Kafka delivers again behind a newer one', () => {
  it('does not bring an old value back', async () => {
    await engine.settle([user]);
    const first = update(2, { attributes: { title: 'First' } });
    await deliver(first);
    await deliver(update(3, { attributes: { title: 'Second' } }));
    await deliver(first);
    expect((await objectOf('u'))?.properties['jobTitle']).toBe('Second');
  });

  it('does not bring a member back who has left', async () => {
    const group = aGroupExport([], { objectId: 'g' });
    await engine.settle([user, group]);
    const member = { mv: 'u', cloudId: idOf('u') };
    const change = (version: number, add: (typeof member)[], remove: (typeof member)[]): ExportMessage =>
      update(version, {
        ...group,
        operation: 'update',
        version,
        releasedAt: at(version),
        cloudId: idOf('g'),
        attributes: {},
        references: { member: { add, remove } },
      });
    const joined = change(2, [member], []);
    await deliver(joined);
    expect((await objectOf('g'))?.members).toEqual([idOf('u')]);
    await deliver(change(3, [], [member]));
    await deliver(joined);
    expect((await objectOf('g'))?.members ?? []).toEqual([]);
  });

  it('is answered all the same', async () => {
    await engine.settle([user]);
    const first = update(2, { attributes: { title: 'First' } });
    await deliver(first);
    await deliver(update(3, { attributes: { title: 'Second' } }));
    world.results.length = 0;
    await deliver(first);
    expect(world.results).toMatchObject([{ objectId: 'u', version: 2, outcome: 'applied' }]);
  });
});

describe('an update', () => {
  it('that is delivered again without a newer one is sent again: nobody knows what came of it', async () => {
    await engine.settle([user]);
    const only = update(2, { attributes: { title: 'Only' } });
    await deliver(only);
    await deliver(only);
    expect((await objectOf('u'))?.properties['jobTitle']).toBe('Only');
  });

  it('of an object whose versions begin again is sent', async () => {
    await engine.settle([user]);
    await deliver(update(9, { attributes: { title: 'Before' } }));
    await deliver(update(2, { releasedAt: at(30), attributes: { title: 'After' } }));
    expect((await objectOf('u'))?.properties['jobTitle']).toBe('After');
  });
});
