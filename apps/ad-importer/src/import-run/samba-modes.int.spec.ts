import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSyncError, type AdConnectorConfig, type SyncError } from '@adjoin/contracts';
import { createLogger } from '@adjoin/shared';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CursorStore } from '../cursor/cursor-store.js';
import { openSession, type DirectorySession } from '../directory/directory-session.js';
import { ImportIndex } from '../index-store/import-index.js';
import { SequenceSource } from '../publish/change-publisher.js';
import { importMetrics } from '../telemetry.js';
import { memoryDb } from '../testing/memory-db.js';
import { Receiver } from '../testing/receiver.js';
import { PartitionImport } from './partition-import.js';
import { RunStore } from './run-store.js';

interface Account {
  readonly dn: string;
  readonly password: string;
}
interface Forest {
  readonly domain: string;
  readonly netbios: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  readonly sync: Account;
  readonly plain: Account;
  readonly admin: Account;
}
const { ADJOIN_TEST_FOREST: forestFile } = process.env;

describe.skipIf(forestFile === undefined)('a domain controller', () => {
  const forest = forestFile === undefined ? ({} as Forest) : (JSON.parse(readFileSync(forestFile, 'utf8')) as Forest);
  const name = `mode${randomBytes(3).toString('hex')}`;
  const ou = `OU=${name},${forest.baseDn}`;
  const folder = mkdtempSync(join(tmpdir(), 'adjoin-modes-'));
  const { signal } = new AbortController();
  let admin: Client;

  const configOf = (account: Account, changes: Partial<AdConnectorConfig> = {}): AdConnectorConfig => {
    writeFileSync(join(folder, 'password'), account.password, { mode: 0o600 });
    return {
      name,
      type: 'ad',
      id: '11111111-1111-1111-1111-111111111111',
      enabled: true,
      forest: forest.domain,
      netbios: forest.netbios,
      servers: [forest.ldapsUrl],
      startTls: false,
      tls: { caFile: forest.caFile, serverName: forest.serverName },
      bindDn: account.dn,
      passwordFile: join(folder, 'password'),
      domains: [{ dn: forest.baseDn, fqdn: forest.domain, netbios: forest.netbios }],
      scope: { include: [ou], exclude: [] },
      objectTypes: ['user', 'group'],
      readMode: 'dirsync',
      pollSeconds: 1,
      ...changes,
    };
  };

  /** An importer that keeps what it knows in memory; a session for each read. */
  async function importer(config: AdConnectorConfig) {
    const [db, receiver, partition] = [memoryDb(), new Receiver(), forest.baseDn];
    const lease = { name: 'l', epoch: 1, signal, release: () => Promise.resolve() };
    const cursor = await CursorStore.open(db, name, partition, lease);
    const kept = {
      cursor,
      index: await ImportIndex.load(db, name, partition),
      sequence: new SequenceSource(1),
      runs: new RunStore(db, name, partition, 1),
      publishing: { producer: receiver, topic: 'changes', kafkaPartitions: 1 },
      metrics: importMetrics({ connector: name, partition }, () => undefined),
      log: createLogger('test', 'silent'),
    };
    const read = async (work: (imports: PartitionImport) => Promise<void>): Promise<SyncError | undefined> => {
      let session: DirectorySession | undefined;
      try {
        session = await openSession(config, partition, signal);
        const options = { ...kept, config, partition, session, signal, onRead: () => undefined };
        await work(await PartitionImport.open(options, { user: ['displayName', 'mail'], group: ['displayName'] }));
        return undefined;
      } catch (error) {
        return toSyncError(error);
      } finally {
        await session?.close();
      }
    };
    return {
      receiver,
      full: () => read((imports) => imports.full({ id: 'r', profile: 'full-import', attempt: 1, acceptFewer: false })),
      delta: () => read((imports) => imports.delta(undefined)),
    };
  }
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
    rmSync(folder, { recursive: true });
  });

  it('that secures the connection by StartTLS is read as over LDAPS; a certificate for another name is refused', async () => {
    const servers = [forest.ldapsUrl.replace('ldaps:', 'ldap:').replace(':636', ':389')];
    const secured = await importer(configOf(forest.sync, { servers, startTls: true }));
    expect(await secured.full()).toBeUndefined();
    expect(byName(secured.receiver, 'kim')).toBeDefined();
    const tls = { caFile: forest.caFile, serverName: 'other.corp.test' };
    const refused = await importer(configOf(forest.sync, { servers, startTls: true, tls }));
    expect(await refused.full()).toMatchObject({ code: 'ADJ-IMP-1003' });
  });

  it('ends the import of an account without any right by an error that names the right and the command', async () => {
    const { full, receiver } = await importer(configOf(forest.plain));
    const error = await full();
    expect(error).toMatchObject({ code: 'ADJ-IMP-1004' });
    expect(error?.message).toContain(`lacks the right Replicating Directory Changes on ${forest.baseDn}`);
    expect(error?.hint).toContain(`dsacls "${forest.baseDn}" /G "${forest.plain.dn}:CA;Replicating Directory Changes"`);
    expect(receiver.objects.size).toBe(0);
  });

  it.each([
    ['with the right to replicate, by dirsync', 'dirsync', 'sync'],
    ['without any right, by dirsync-object-security', 'dirsync-object-security', 'plain'],
    ['without any right, by auto', 'auto', 'plain'],
    ['without any right, by usn', 'usn', 'plain'],
  ] as const)('is read and followed %s', async (words, readMode, account) => {
    const { full, delta, receiver } = await importer(configOf(forest[account], { readMode }));
    expect(await full()).toBeUndefined();
    const [kim] = byName(receiver, 'kim') ?? [''];
    const [team] = byName(receiver, 'team') ?? [''];
    expect(receiver.objects.get(team)?.members.size).toBe(2);

    await replace(`CN=kim,${ou}`, 'mail', [`${readMode}@corp.test`]);
    await replace(`CN=team,${ou}`, 'member', [`CN=lee,${ou}`, `CN=may,${ou}`]);
    await addUser(`new-${readMode}`);
    expect(await delta(), words).toBeUndefined();
    expect(receiver.objects.get(kim)?.attributes['mail']).toBe(`${readMode}@corp.test`);
    const members = [...(receiver.objects.get(team)?.members ?? [])].map((guid) => receiver.objects.get(guid)?.rdn);
    expect(members.sort()).toEqual(['CN=lee', 'CN=may']);
    expect(byName(receiver, `new-${readMode}`)).toBeDefined();

    receiver.reset();
    await admin.del(`CN=new-${readMode},${ou}`);
    await replace(`CN=team,${ou}`, 'member', [`CN=kim,${ou}`, `CN=lee,${ou}`]);
    expect(await delta()).toBeUndefined();
    expect(byName(receiver, `new-${readMode}`)).toBeUndefined();
    expect(receiver.removals.filter((removal) => removal.startsWith('object'))).toHaveLength(1);
  });
});
