import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someGuid, someI64 } from '../testing/byte-arbitraries.js';
import {
  FAKE_LOGIN,
  fakeDomainController,
  fakeUsers,
  guidOf,
  type FakeDirectory,
} from '../testing/fake-domain-controller.js';
import { connectDrs } from './connect-drs.js';
import type { DrsSession } from './drs-session.js';
import type { PasswordOutcome } from './password-reader.js';
import type { ReplicatedObject } from './replicated-object.js';
import { fromWatermark, toWatermark, type Watermark } from './watermark.js';

const NAMING_CONTEXT = 'DC=corp,DC=test';
const toHex = (hash: Buffer): Promise<string> => Promise.resolve(hash.toString('hex'));
const connect = (directory: FakeDirectory): Promise<DrsSession> =>
  connectDrs({ ...FAKE_LOGIN, open: fakeDomainController(directory), timeouts: { answer: 1000 } });

interface Read {
  readonly seen: readonly (readonly [ReplicatedObject, PasswordOutcome<string>])[];
  readonly to: Watermark & { readonly more: boolean };
}
async function readAll(session: DrsSession, from?: Watermark): Promise<Read> {
  const seen: [ReplicatedObject, PasswordOutcome<string>][] = [];
  const onObject = (object: ReplicatedObject, password: PasswordOutcome<string>): Promise<void> =>
    Promise.resolve(void seen.push([object, password]));
  return { to: await session.replicate({ namingContext: NAMING_CONTEXT, from, transform: toHex, onObject }), seen };
}

describe('reading a naming context', () => {
  it('delivers every object once and in order, over several pages and fragments, with its hash transformed', async () => {
    const users = fakeUsers(25);
    const { seen, to } = await readAll(await connect({ users, pageObjects: 10, fragmentBytes: 400 }));
    expect(seen.map(([{ guid }]) => guid)).toEqual(users.map(({ number }) => guidOf(number)));
    expect(seen.map(([, password]) => password)).toEqual(
      users.map(({ hash }) => ({ kind: 'transformed', value: hash.toString('hex') })),
    );
    expect(seen[0]?.[0]).toMatchObject({
      ...{ dn: 'CN=user1,DC=corp,DC=test', sid: 'S-1-5-21-1-2-3-1001', userAccountControl: 512 },
      ...{ pwdLastSet: undefined, passwordChangedAt: new Date('2025-08-18T14:13:20.000Z') },
    });
    expect(to).toMatchObject({ more: false, usn: { objectUpdate: '25', propertyUpdate: '25' } });
  });

  it('goes on from a watermark, with the cursors of the last complete cycle', async () => {
    const asked: Parameters<NonNullable<FakeDirectory['onChanges']>>[0][] = [];
    const directory = {
      users: fakeUsers(5),
      pageObjects: 2,
      onChanges: (request: (typeof asked)[0]) => void asked.push(request),
    };
    const first = await readAll(await connect(directory));
    const { seen } = await readAll(await connect({ ...directory, users: fakeUsers(6) }), first.to);
    expect(seen.map(([{ guid }]) => guid)).toEqual([guidOf(6)]);
    expect(asked.map(({ from, upToDate }) => [from.highObjectUpdate, upToDate?.[0]?.usn])).toEqual([
      [0n, undefined],
      [2n, undefined],
      [4n, undefined],
      [5n, 5n],
    ]);
    expect(asked.map(({ options }) => options)).toEqual([0x200030, 0x30, 0x30, 0x30]);
  });

  it('stops after so many pages and tells that there is more', async () => {
    const session = await connect({ users: fakeUsers(5), pageObjects: 2 });
    const pages: string[] = [];
    const { more } = await session.replicate({
      ...{ namingContext: NAMING_CONTEXT, from: undefined, transform: toHex, maxPages: 2 },
      onObject: () => Promise.resolve(),
      onPage: ({ usn }, objects) => Promise.resolve(void pages.push(`${usn.objectUpdate}:${String(objects)}`)),
    });
    expect({ more, pages }).toEqual({ more: true, pages: ['2:2', '4:2'] });
  });

  it('asks by version 10 or, of an older domain controller, by version 8', async () => {
    const versions: number[] = [];
    const onChanges = (_: unknown, stub: Buffer): void => void versions.push(stub.readUInt32LE(20));
    await readAll(await connect({ onChanges }));
    await readAll(await connect({ onChanges, extensionFlags: 0x0f00_8001 }));
    expect(versions).toEqual([10, 8]);
  });

  it('refuses a server that says there is more without ever sending anything', async () => {
    const session = await connect({ users: fakeUsers(1), pageObjects: 0 });
    await expect(readAll(session)).rejects.toMatchObject({ code: 'ADJ-PHS-7011' });
  });

  it('works after a domain rename, when the replication epoch is not 0', async () => {
    const session = await connect({ users: fakeUsers(2), epoch: 3 });
    expect((await readAll(session)).seen).toHaveLength(2);
    expect(await session.replicateObject(guidOf(1), { transform: toHex })).toBeDefined();
  });

  it('leaves nothing behind when a transform fails while the next page is on its way', async () => {
    const directory = { users: fakeUsers(6), pageObjects: 2 };
    const session = await connect(directory);
    const reading = session.replicate({
      ...{ namingContext: NAMING_CONTEXT, from: undefined, onObject: () => Promise.resolve() },
      transform: () => Promise.reject(new Error('no worker')),
    });
    await expect(reading).rejects.toThrow('no worker');
    expect((await readAll(session)).seen).toHaveLength(6);
  });

  it('does not begin when it was called off before', async () => {
    const session = await connect({ users: fakeUsers(2) });
    const reading = session.replicate({
      ...{ namingContext: NAMING_CONTEXT, from: undefined, transform: toHex, onObject: () => Promise.resolve() },
      signal: AbortSignal.abort(new Error('too late')),
    });
    await expect(reading).rejects.toThrow('too late');
    expect((await readAll(session)).seen).toHaveLength(2);
  });

  it('refuses to read two naming contexts at the same time', async () => {
    const session = await connect({ users: fakeUsers(1) });
    const [first, second] = await Promise.allSettled([readAll(session), readAll(session)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a hash', () => {
  it('is zeroed as soon as its transform has ended, well or badly', async () => {
    const kept: Buffer[] = [];
    const session = await connect({ users: fakeUsers(3) });
    await session.replicate({
      ...{ namingContext: NAMING_CONTEXT, from: undefined, onObject: () => Promise.resolve() },
      transform: (hash) => Promise.resolve(void kept.push(hash)),
    });
    const failing = session.replicateObject(guidOf(1), {
      transform: (hash) => {
        kept.push(hash);
        return Promise.reject(new Error('no worker'));
      },
    });
    await expect(failing).rejects.toThrow('no worker');
    expect(kept).toHaveLength(4);
    for (const hash of kept) expect(hash.equals(Buffer.alloc(16))).toBe(true);
  });

  it('is printed by nothing while it is transformed', async () => {
    const session = await connect({ users: fakeUsers(1) });
    const found = await session.replicateObject(guidOf(1), {
      transform: (hash) => Promise.resolve([String(hash), JSON.stringify(hash), inspect({ hash })]),
    });
    expect(found?.password).toEqual({ kind: 'transformed', value: ['[hash]', '"[hash]"', '{ hash: [hash] }'] });
  });

  it('is not decrypted for objects that are not accepted', async () => {
    const session = await connect({ users: fakeUsers(3) });
    const kinds: string[] = [];
    await session.replicate({
      ...{ namingContext: NAMING_CONTEXT, from: undefined, transform: toHex },
      accept: ({ guid }) => guid === guidOf(2),
      onObject: (_, { kind }) => Promise.resolve(void kinds.push(kind)),
    });
    expect(kinds).toEqual(['skipped', 'transformed', 'skipped']);
  });

  it('that cannot be decrypted fails its object only', async () => {
    const [first, ...rest] = fakeUsers(3);
    const users = [
      { ...first, number: 1, hash: Buffer.alloc(16), damaged: true },
      ...rest,
      { number: 4, hash: Buffer.alloc(16), withoutSid: true },
    ];
    const { seen } = await readAll(await connect({ users }));
    expect(seen.map(([, { kind }]) => kind)).toEqual(['failed', 'transformed', 'transformed', 'failed']);
    expect(seen[0]?.[1]).toMatchObject({ error: { code: 'ADJ-PHS-7010', object: guidOf(1) } });
  });
});

describe('reading one object', () => {
  it('gives the object, and undefined for one that does not exist', async () => {
    const session = await connect({ users: fakeUsers(3) });
    const found = await session.replicateObject(guidOf(2).toUpperCase(), { transform: toHex });
    expect(found).toMatchObject({
      object: { guid: guidOf(2) },
      password: { kind: 'transformed', value: '02'.repeat(16) },
    });
    expect(await session.replicateObject(guidOf(9), { transform: toHex })).toBeUndefined();
  });

  it.each([
    [5, 'ADJ-PHS-7011'],
    [15, 'ADJ-PHS-7003'],
  ])('has a code for the extended result %i', async (extendedResult, code) => {
    const session = await connect({ users: fakeUsers(1), extendedResult });
    await expect(session.replicateObject(guidOf(1), { transform: toHex })).rejects.toMatchObject({ code });
  });

  it('may happen while pages are read', async () => {
    const session = await connect({ users: fakeUsers(20), pageObjects: 3 });
    const singles = Promise.all(
      [5, 6, 7].map((number) => session.replicateObject(guidOf(number), { transform: toHex })),
    );
    const [{ seen }, found] = await Promise.all([readAll(session), singles]);
    expect(seen).toHaveLength(20);
    expect(found.map((each) => each?.object.guid)).toEqual([5, 6, 7].map(guidOf));
  });
});

describe('names and domain controllers', () => {
  it('are asked for in the session', async () => {
    const session = await connect({});
    expect(await session.domainControllerInfo()).toMatchObject([{ netbiosName: 'DC1', siteName: 'Site' }]);
    expect(await session.crackNames(['a', 'b'], 'distinguishedName', 'guid')).toMatchObject([
      { name: 'a' },
      { name: 'b' },
    ]);
    await session.close();
  });
});

describe('a watermark', () => {
  it('survives storing as JSON', () => {
    const position = fc.record({
      invocationId: someGuid,
      from: fc.record({ highObjectUpdate: someI64, reserved: someI64, highPropertyUpdate: someI64 }),
      upToDate: fc.array(fc.record({ dsa: someGuid, usn: someI64 })),
    });
    fc.assert(
      fc.property(position, (before) => {
        expect(fromWatermark(JSON.parse(JSON.stringify(toWatermark(before))) as Watermark)).toEqual(before);
      }),
    );
  });
});
