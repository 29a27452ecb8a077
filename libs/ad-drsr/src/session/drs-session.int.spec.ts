import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ntHashOf } from '../ntlm/ntlmv2.js';
import { connectDrs } from './connect-drs.js';
import type { DrsSession } from './drs-session.js';
import type { PasswordOutcome } from './password-reader.js';
import { consistencyGuidText, isUserAccount, type ReplicatedObject } from './replicated-object.js';
import type { Watermark } from './watermark.js';

interface Account {
  readonly name: string;
  readonly dn: string;
  readonly password: string;
}
interface Forest {
  readonly netbios: string;
  readonly domain: string;
  readonly ip: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  readonly sync: Account;
  readonly hash: Account;
  readonly plain: Account;
  readonly admin: Account;
}
interface Seen {
  readonly object: ReplicatedObject;
  readonly password: PasswordOutcome<string>;
}

const { ADJOIN_TEST_FOREST: forestFile } = process.env;
const run = `drs${randomBytes(3).toString('hex')}`;
const toHex = (hash: Buffer): Promise<string> => Promise.resolve(hash.toString('hex'));
const LETTERS = [...'äöüßéèçñøåłžđ€ΩλжЩЯ漢字かな한글שלום𝔘😀'];

/** Fulfils the complexity rules and has at least eight characters beyond ASCII. */
function randomPassword(): string {
  const chosen = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length] ?? 'ä');
  return `Aa1-${chosen.join('')}${randomBytes(4).toString('base64url')}`;
}

describe.skipIf(forestFile === undefined)('replication of password hashes from a domain controller', () => {
  const forest = forestFile === undefined ? ({} as Forest) : (JSON.parse(readFileSync(forestFile, 'utf8')) as Forest);
  const ou = `OU=${run},${forest.baseDn}`;
  const dnOf = (name: string): string => `CN=${name},${ou}`;
  let admin: Client;
  let session: DrsSession;

  const login = (account: Account, password = account.password): Promise<DrsSession> =>
    connectDrs({ host: forest.ip, domain: forest.netbios, user: account.name, password });
  const setPassword = (dn: string, password: string): Promise<void> => {
    const values = [Buffer.from(`"${password}"`, 'utf16le')];
    return admin.modify(
      dn,
      new Change({ operation: 'replace', modification: new Attribute({ type: 'unicodePwd', values }) }),
    );
  };
  const replace = (dn: string, type: string, values: string[] | Buffer[]): Promise<void> =>
    admin.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) }));
  const addUser = (name: string, password: string, more: Record<string, string> = {}): Promise<void> =>
    admin.add(dnOf(name), {
      objectClass: ['user'],
      sAMAccountName: `${run}${name}`,
      userAccountControl: '512',
      unicodePwd: Buffer.from(`"${password}"`, 'utf16le') as unknown as string,
      ...more,
    });
  const read = async (from: Watermark | undefined, pageObjects?: number): Promise<[Seen[], Watermark]> => {
    const seen: Seen[] = [];
    const onObject = (object: ReplicatedObject, password: PasswordOutcome<string>): Promise<void> => {
      seen.push({ object, password });
      return Promise.resolve();
    };
    const { more, ...to } = await session.replicate({
      ...{ namingContext: forest.baseDn, from, transform: toHex, onObject, pageObjects },
    });
    expect(more).toBe(false);
    return [seen, to];
  };
  const mine = (seen: readonly Seen[]): Seen[] => seen.filter(({ object }) => object.dn.endsWith(ou));

  beforeAll(async () => {
    admin = new Client({
      url: forest.ldapsUrl,
      tlsOptions: { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName },
    });
    await admin.bind(forest.admin.dn, forest.admin.password);
    await admin.add(ou, { objectClass: ['organizationalUnit'] });
    session = await login(forest.hash);
  });

  afterAll(async () => {
    await session?.close();
    await admin?.unbind();
  });

  it('finds the domain controller and translates names', async () => {
    const [controller] = await session.domainControllerInfo();
    expect(controller).toMatchObject({ dnsName: forest.serverName.toLowerCase(), isPdc: true });
    expect(await session.domainControllerInfo(forest.domain)).toEqual([controller]);
    const names = await session.crackNames(
      [forest.hash.dn, `CN=nobody,${forest.baseDn}`],
      'distinguishedName',
      'nt4Account',
    );
    expect(names).toMatchObject([{ status: 0, name: `${forest.netbios}\\${forest.hash.name}` }, { status: 2 }]);
  });

  it('reads exactly the hash of every password, for 50 users with random passwords beyond ASCII', async () => {
    const passwords = new Map(Array.from({ length: 50 }, (_, index) => [`user${String(index)}`, randomPassword()]));
    for (const [name, password] of passwords) await addUser(name, password);
    const [seen] = await read(undefined);
    const found = new Map(mine(seen).map((each) => [each.object.dn, each]));
    for (const [name, password] of passwords) {
      const each = found.get(dnOf(name));
      expect(each?.password).toEqual({ kind: 'transformed', value: ntHashOf(password).toString('hex') });
      expect(each && isUserAccount(each.object)).toBe(true);
      expect(each?.object).toMatchObject({ samAccountName: `${run}${name}`, userAccountControl: 512 });
    }
    for (const [name] of [...passwords].slice(0, 5)) passwords.set(name, randomPassword());
    const start = await watermarkNow();
    for (const [name, password] of [...passwords].slice(0, 5)) await setPassword(dnOf(name), password);
    const [changed] = await read(start);
    expect(new Map(mine(changed).map(({ object, password }) => [object.dn, password]))).toEqual(
      new Map(
        [...passwords]
          .slice(0, 5)
          .map(([name, password]) => [dnOf(name), { kind: 'transformed', value: ntHashOf(password).toString('hex') }]),
      ),
    );
  });

  const watermarkNow = async (): Promise<Watermark> => (await read(undefined))[1];

  it('reads after a watermark only what changed, and of it only the changed attributes', async () => {
    await addUser('delta', 'Before-Passw0rd');
    const start = await watermarkNow();
    expect((await read(start))[0]).toEqual([]);
    await replace(dnOf('delta'), 'description', ['of no interest']);
    await replace(dnOf('delta'), 'accountExpires', ['133000000000000000']);
    const guid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    await replace(dnOf('delta'), 'mS-DS-ConsistencyGuid', [guid]);
    const [[one], next] = await read(start);
    expect(one).toMatchObject({
      object: { dn: dnOf('delta'), accountExpires: 133_000_000_000_000_000n, userAccountControl: undefined },
      password: { kind: 'unchanged' },
    });
    expect(one && consistencyGuidText(one.object)).toBe('33221100-5544-7766-8899-aabbccddeeff');
    await setPassword(dnOf('delta'), 'After-Passw0rd-€');
    const [[two]] = await read(next);
    expect(two?.password).toEqual({ kind: 'transformed', value: ntHashOf('After-Passw0rd-€').toString('hex') });
    expect(two?.object.passwordChangedAt).toBeInstanceOf(Date);
  });

  it('tells a temporary password and a deleted user', async () => {
    await addUser('leaver', 'Leaver-Passw0rd');
    const start = await watermarkNow();
    await replace(dnOf('leaver'), 'pwdLastSet', ['0']);
    const [[temporary], next] = await read(start);
    expect(temporary?.object.pwdLastSet).toBe(0n);
    await admin.del(dnOf('leaver'));
    const [[deleted]] = await read(next);
    expect(deleted?.object).toMatchObject({ guid: temporary?.object.guid, isDeleted: true });
    expect(['cleared', 'unchanged']).toContain(deleted?.password.kind);
  });

  it('reads the same in many small pages while single objects are read, from watermarks that were stored', async () => {
    const [whole, end] = await read(undefined);
    let pages = 0;
    const seen: string[] = [];
    let from: Watermark | undefined;
    for (let more = true; more;) {
      const reply = await session.replicate({
        ...{ namingContext: forest.baseDn, from, transform: toHex, pageObjects: 20, maxPages: 3 },
        onObject: async ({ guid }) => {
          seen.push(guid);
          if (seen.length % 15 === 0) await session.replicateObject(guid, { transform: toHex });
        },
        onPage: () => Promise.resolve(void (pages += 1)),
      });
      ({ more } = reply);
      from = JSON.parse(JSON.stringify({ ...reply, more: undefined })) as Watermark;
    }
    expect(pages).toBeGreaterThan(3);
    // Samba sends the head of the naming context with every page of link values.
    expect(new Set(seen)).toEqual(new Set(whole.map(({ object }) => object.guid)));
    expect(seen.length).toBeLessThan(1.2 * whole.length);
    expect(from).toEqual(end);
  });

  it('reads one object with all its attributes, also while pages are read, and nothing for an unknown one', async () => {
    await addUser('single', 'Single-Passw0rd-漢');
    const [{ name } = { name: undefined }] = await session.crackNames([dnOf('single')], 'distinguishedName', 'guid');
    const guid = name?.slice(1, -1) ?? '';
    const [found, [seen]] = await Promise.all([session.replicateObject(guid, { transform: toHex }), read(undefined)]);
    expect(found?.password).toEqual({ kind: 'transformed', value: ntHashOf('Single-Passw0rd-漢').toString('hex') });
    expect(found?.object).toMatchObject({ guid, dn: dnOf('single'), userAccountControl: 512 });
    expect(seen.length).toBeGreaterThan(100);
    const nobody = await session.replicateObject('11111111-2222-3333-4444-555555555555', { transform: toHex });
    expect(nobody).toBeUndefined();
  });

  it('leaves out what is known although another domain controller is asked, by its cursors', async () => {
    const start = await watermarkNow();
    const elsewhere = { ...start, invocationId: randomUUID() };
    expect((await read(elsewhere))[0]).toEqual([]);
    await addUser('moved', 'Moved-Passw0rd');
    expect(mine((await read(elsewhere))[0]).map(({ object }) => object.dn)).toEqual([dnOf('moved')]);
    const everything = await read({ ...elsewhere, upToDate: [] });
    expect(everything[0].length).toBeGreaterThan(100);
  });

  it('accepts a user principal name in place of domain and account name', async () => {
    const user = `${forest.hash.name}@${forest.domain}`;
    const other = await connectDrs({ host: forest.ip, domain: '', user, password: forest.hash.password });
    let objects = 0;
    const onObject = (): Promise<void> => {
      objects += 1;
      return Promise.resolve();
    };
    await other.replicate({
      ...{ namingContext: forest.baseDn, from: undefined, transform: toHex, onObject, maxPages: 1 },
    });
    await other.close();
    // How many pages there are depends on what other tests have put into the forest.
    expect(objects).toBeGreaterThan(0);
  });

  it('decrypts nothing of objects that are not accepted', async () => {
    const outcomes: string[] = [];
    await session.replicate({
      ...{ namingContext: forest.baseDn, from: undefined, accept: () => false },
      transform: () => Promise.reject(new Error('must not be called')),
      onObject: (_, { kind }) => Promise.resolve(void outcomes.push(kind)),
    });
    expect(new Set(outcomes)).toEqual(new Set(['skipped', 'unchanged', 'cleared']));
  });

  it.each([
    ['no right at all', 'plain'],
    ['Replicating Directory Changes only', 'sync'],
  ] as const)('is refused by its code for an account with %s', async (_, who) => {
    const other = await login(forest[who]);
    const reading = other.replicate({
      ...{ namingContext: forest.baseDn, from: undefined, transform: toHex, onObject: () => Promise.resolve() },
    });
    await expect(reading).rejects.toMatchObject({ code: 'ADJ-PHS-7003' });
    await other.close();
  });

  it('refuses a wrong password, an unknown account and a naming context that does not exist by their codes', async () => {
    await expect(login(forest.hash, 'Wrong-Passw0rd')).rejects.toMatchObject({ code: 'ADJ-PHS-7002' });
    await expect(login({ ...forest.hash, name: 'nobody' })).rejects.toMatchObject({ code: 'ADJ-PHS-7002' });
    const reading = session.replicate({
      ...{ namingContext: 'DC=other,DC=test', from: undefined, transform: toHex, onObject: () => Promise.resolve() },
    });
    await expect(reading).rejects.toMatchObject({ code: 'ADJ-PHS-7012' });
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const other = await login(forest.hash);
    const reading = other.replicate({
      ...{ namingContext: forest.baseDn, from: undefined, transform: toHex, pageObjects: 20, signal: stop.signal },
      onObject: () => Promise.resolve(stop.abort(new Error('enough'))),
    });
    await expect(reading).rejects.toThrow('enough');
    other.destroy();
  });
});
