import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Receiver } from '../testing/receiver.js';
import { SambaImporter, type SambaForest } from '../testing/samba-importer.js';

const { ADJOIN_TEST_FOREST: forestFile } = process.env;

describe.skipIf(forestFile === undefined)('a domain controller', () => {
  const forest =
    forestFile === undefined ? ({} as SambaForest) : (JSON.parse(readFileSync(forestFile, 'utf8')) as SambaForest);
  const name = `mode${randomBytes(3).toString('hex')}`;
  const ou = `OU=${name},${forest.baseDn}`;
  const importers: SambaImporter[] = [];
  let admin: Client;

  const importer = (options: ConstructorParameters<typeof SambaImporter>[2]): SambaImporter => {
    const made = new SambaImporter(forest, ou, options);
    importers.push(made);
    return made;
  };
  const byName = (receiver: Receiver, rdn: string) =>
    [...receiver.objects].find(([, object]) => object.rdn === `CN=${rdn}`);
  const replace = (dn: string, type: string, values: string[]): Promise<void> =>
    admin.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) }));
  const addUser = (user: string): Promise<void> =>
    admin.add(`CN=${user},${ou}`, { objectClass: ['user'], sAMAccountName: `${name}${user}`, displayName: user });

  beforeAll(async () => {
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    admin = new Client({ url: forest.ldapsUrl, tlsOptions });
    await admin.bind(forest.admin.dn, forest.admin.password);
    await admin.add(ou, { objectClass: ['organizationalUnit'] });
    for (const user of ['kim', 'lee', 'may']) await addUser(user);
    const member = ['kim', 'lee'].map((user) => `CN=${user},${ou}`);
    await admin.add(`CN=team,${ou}`, { objectClass: ['group'], sAMAccountName: `${name}team`, member });
  });
  afterAll(async () => {
    const { searchEntries } = await admin.search(ou, { attributes: ['1.1'] });
    for (const { dn } of searchEntries.sort((a, b) => b.dn.length - a.dn.length)) await admin.del(dn);
    await admin.unbind();
    for (const made of importers) made.dispose();
  });

  it('that secures the connection by StartTLS is read as over LDAPS; a certificate for another name is refused', async () => {
    const servers = [forest.ldapsUrl.replace('ldaps:', 'ldap:').replace(':636', ':389')];
    const secured = importer({ changes: { servers, startTls: true } });
    expect(await secured.full()).toBeUndefined();
    expect(byName(secured.receiver, 'kim')).toBeDefined();
    const tls = { caFile: forest.caFile, serverName: 'other.corp.test' };
    const refused = importer({ changes: { servers, startTls: true, tls } });
    expect(await refused.full()).toMatchObject({ code: 'ADJ-IMP-1003' });
  });

  it('ends the import of an account without any right by an error that names the right and the command', async () => {
    const plain = importer({ account: forest.plain });
    const error = await plain.full();
    expect(error).toMatchObject({ code: 'ADJ-IMP-1004' });
    expect(error?.message).toContain(`lacks the right Replicating Directory Changes on ${forest.baseDn}`);
    expect(error?.hint).toContain(`dsacls "${forest.baseDn}" /G "${forest.plain.dn}:CA;Replicating Directory Changes"`);
    expect(plain.receiver.objects.size).toBe(0);
  });

  it.each([
    ['with the right to replicate, by dirsync', 'dirsync', 'sync'],
    ['without any right, by dirsync-object-security', 'dirsync-object-security', 'plain'],
    ['without any right, by auto', 'auto', 'plain'],
    ['without any right, by usn', 'usn', 'plain'],
  ] as const)('is read and followed %s', async (words, readMode, account) => {
    const reader = importer({ account: forest[account], changes: { readMode } });
    const { receiver } = reader;
    expect(await reader.full()).toBeUndefined();
    const [kim] = byName(receiver, 'kim') ?? [''];
    const [team] = byName(receiver, 'team') ?? [''];
    expect(receiver.objects.get(team)?.members.size).toBe(2);

    await replace(`CN=kim,${ou}`, 'mail', [`${readMode}@corp.test`]);
    await replace(`CN=team,${ou}`, 'member', [`CN=lee,${ou}`, `CN=may,${ou}`]);
    await addUser(`new-${readMode}`);
    expect(await reader.delta(), words).toBeUndefined();
    expect(receiver.objects.get(kim)?.attributes['mail']).toBe(`${readMode}@corp.test`);
    const members = [...(receiver.objects.get(team)?.members ?? [])].map((guid) => receiver.objects.get(guid)?.rdn);
    expect(members.sort()).toEqual(['CN=lee', 'CN=may']);
    expect(byName(receiver, `new-${readMode}`)).toBeDefined();

    receiver.reset();
    await admin.del(`CN=new-${readMode},${ou}`);
    await replace(`CN=team,${ou}`, 'member', [`CN=kim,${ou}`, `CN=lee,${ou}`]);
    expect(await reader.delta()).toBeUndefined();
    expect(byName(receiver, `new-${readMode}`)).toBeUndefined();
    expect(receiver.removals.filter((removal) => removal.startsWith('object'))).toHaveLength(1);
  });
});
