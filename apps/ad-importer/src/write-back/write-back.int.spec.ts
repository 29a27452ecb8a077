import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { AdConnectorConfig, ForestExportMessage, ResultMessage } from '@adjoin/contracts';
import { checkFeatures, guidBytes, guidText, LdapConnection, type FeatureCheck } from '@adjoin/ad-ldap';
import { createLogger, type MessageProducer } from '@adjoin/shared';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverOptions } from '../directory/directory-session.js';
import { SambaImporter, type SambaForest } from '../testing/samba-importer.js';
import { LdapForestWriter } from './forest-writer.js';
import { writeBatch } from './write-back-consumer.js';
import { sambaConnector } from '../testing/samba-connector.js';

const { ADJOIN_TEST_FOREST: forestFile } = process.env;
/** As the rules write it, and as the schema of a forest does. */
const [ATTRIBUTE, IN_SCHEMA] = ['ms-DS-ConsistencyGuid', 'mS-DS-ConsistencyGuid'] as const;
const PASSWORD = 'Write-Back-Passw0rd-1!';

describe.skipIf(forestFile === undefined)('writing back to a domain controller', () => {
  const forest = (forestFile === undefined ? {} : JSON.parse(readFileSync(forestFile, 'utf8'))) as SambaForest;
  const name = `back${randomBytes(3).toString('hex')}`;
  const ou = `OU=${name},${forest.baseDn}`;
  const account = `CN=writer,${ou}`;
  const folder = mkdtempSync(join(tmpdir(), 'adjoin-write-back-'));
  const { signal } = new AbortController();
  let admin: Client;
  let writer: LdapForestWriter;

  const config = (): AdConnectorConfig =>
    sambaConnector(forest, {
      bindDn: account,
      passwordFile: join(folder, 'password'),
      scope: { include: [], exclude: [] },
      writeBack: ['consistency-guid'],
    });

  const bytesOf = async (dn: string, attribute: string): Promise<Buffer | undefined> => {
    const options = { scope: 'base' as const, attributes: [attribute], explicitBufferAttributes: [attribute] };
    const value = (await admin.search(dn, options)).searchEntries[0]?.[attribute];
    return Buffer.isBuffer(value) && value.length > 0 ? value : undefined;
  };
  const guidOf = async (user: string): Promise<string> =>
    guidText((await bytesOf(`CN=${user},${ou}`, 'objectGUID')) ?? Buffer.alloc(16));

  /** Hands one export to the consumer's handler; resolves to the answer for the engine. */
  async function write(
    guid: string,
    attributes: ForestExportMessage['attributes'],
    connector = config(),
    by = writer,
  ): Promise<ResultMessage | undefined> {
    const message: ForestExportMessage = {
      target: 'corp',
      objectId: `cs-${guid}`,
      version: 1,
      epoch: 0,
      lane: 'normal',
      releasedAt: new Date().toISOString(),
      operation: 'update',
      objectType: 'user',
      sourceAnchor: '',
      cloudId: guid,
      attributes,
    };
    const sent: ResultMessage[] = [];
    const producer: MessageProducer = {
      send: (_topic, messages) => Promise.resolve(void sent.push(...messages.map((one) => one.value as ResultMessage))),
      close: () => Promise.resolve(),
    };
    const gate = { refresh: () => Promise.resolve(), admits: () => true };
    const incoming = { key: 'k', value: Buffer.from(JSON.stringify(message)), offset: '0', headers: {} };
    const batch = { topic: 'adjoin.exports.corp.normal', partition: 0, messages: [incoming] };
    const options = { config: connector, gate, producer, log: createLogger('test', 'silent') };
    await writeBatch(options, by, batch, () => Promise.resolve());
    return sent[0];
  }

  const anchor = (value: Buffer) => ({ [ATTRIBUTE]: { $binary: value.toString('base64') } });
  const hybrid = (): AdConnectorConfig => ({ ...config(), writeBack: ['exchange-hybrid'] });
  const adminPassword = (): string => {
    const file = join(folder, 'admin-password');
    writeFileSync(file, forest.admin.password, { mode: 0o600 });
    return file;
  };

  async function rights(): Promise<FeatureCheck | undefined> {
    const [options] = await serverOptions(config());
    if (options === undefined) throw new Error('There is no server.');
    const connection = await LdapConnection.open(options);
    try {
      const { baseDn: domain, netbios } = forest;
      const checks = await checkFeatures(connection, { domain, netbios, account, isSamba: true });
      return checks.find(({ feature }) => feature === 'consistency-guid');
    } finally {
      await connection.close();
    }
  }

  beforeAll(async () => {
    writeFileSync(join(folder, 'password'), PASSWORD, { mode: 0o600 });
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    admin = new Client({ url: forest.ldapsUrl, tlsOptions });
    await admin.bind(forest.admin.dn, forest.admin.password);
    await admin.add(ou, { objectClass: ['organizationalUnit'] });
    const add = (user: string, attributes: Record<string, string> = {}): Promise<void> =>
      admin.add(`CN=${user},${ou}`, { objectClass: ['user'], sAMAccountName: `${name}${user}`, ...attributes });
    for (const user of ['kim', 'lee']) await add(user);
    const unicodePwd = Buffer.from(`"${PASSWORD}"`, 'utf16le') as unknown as string;
    await add('writer', { unicodePwd, userAccountControl: '512' });
    writer = new LdapForestWriter(config(), signal);
  });
  afterAll(async () => {
    await writer.close();
    const { searchEntries } = await admin.search(ou, { attributes: ['1.1'] });
    for (const { dn } of searchEntries.sort((a, b) => b.dn.length - a.dn.length)) await admin.del(dn);
    await admin.unbind();
    rmSync(folder, { recursive: true });
  });

  it('needs a right; the error names it, and the command that is printed grants it', async () => {
    const kim = await guidOf('kim');
    const refused = await write(kim, anchor(guidBytes(kim)));
    expect(refused).toMatchObject({ outcome: 'failed', code: 'ADJ-EXP-3202' });
    expect(refused?.message).toContain(`lacks the right Write ${ATTRIBUTE}`);
    expect(await bytesOf(`CN=kim,${ou}`, IN_SCHEMA)).toBeUndefined();

    const check = await rights();
    expect(check).toMatchObject({ state: 'lacking', lacks: [`Write ${IN_SCHEMA}`] });
    const [command = ''] = check?.commands ?? [];
    // As it is printed, on the container of this test instead of the whole domain, and on the files of the controller.
    const [program = '', ...words] = [...command.matchAll(/[^\s"]*"[^"]*"|\S+/g)].map(([word]) =>
      word.replaceAll('"', ''),
    );
    const args = words.map((word) => (word.startsWith('--objectdn=') ? `--objectdn=${ou}` : word));
    const controller = dirname(dirname(dirname(forest.caFile)));
    const files = ['-H', join(controller, 'private/sam.ldb'), '-s', join(controller, 'etc/smb.conf')];
    await promisify(execFile)(program, [...args, ...files]);

    expect(await write(kim, anchor(guidBytes(kim)))).toMatchObject({ outcome: 'applied' });
    expect(await bytesOf(`CN=kim,${ou}`, IN_SCHEMA)).toEqual(guidBytes(kim));
  });

  it('has no effect when the export comes again, and never replaces another value', async () => {
    const kim = await guidOf('kim');
    const usn = async (): Promise<unknown> =>
      (await admin.search(`CN=kim,${ou}`, { scope: 'base', attributes: ['uSNChanged'] })).searchEntries[0]?.[
        'uSNChanged'
      ];
    const before = await usn();
    expect(await write(kim, anchor(guidBytes(kim)))).toMatchObject({ outcome: 'applied' });
    expect(await write(kim, anchor(Buffer.alloc(16, 3)))).toMatchObject({ outcome: 'failed', code: 'ADJ-EXP-3201' });
    expect(await usn()).toBe(before);
  });

  it('is seen by the next delta import, and by no other one', async () => {
    const reader = new SambaImporter(forest, ou);
    expect(await reader.full()).toBeUndefined();
    const lee = await guidOf('lee');
    expect(await write(lee, anchor(guidBytes(lee)))).toMatchObject({ outcome: 'applied' });
    reader.receiver.reset();
    expect(await reader.delta()).toBeUndefined();
    const value = { $binary: guidBytes(lee).toString('base64') };
    expect(reader.receiver.changes).toMatchObject([{ anchor: lee, attributes: { [ATTRIBUTE]: value } }]);
    reader.receiver.reset();
    expect(await reader.delta()).toBeUndefined();
    expect(reader.receiver.changes).toEqual([]);
    reader.dispose();
  });

  it('adds one address to a list, leaves all others alone, and says what the schema lacks', async () => {
    const [kim, dn] = [await guidOf('kim'), `CN=kim,${ou}`];
    const own = ['SMTP:kim@corp.test', 'smtp:k@corp.test'];
    const modification = new Attribute({ type: 'proxyAddresses', values: own });
    await admin.modify(dn, new Change({ operation: 'replace', modification }));
    const asAdmin = new LdapForestWriter(
      { ...hybrid(), bindDn: forest.admin.dn, passwordFile: adminPassword() },
      signal,
    );
    const send = (attributes: ForestExportMessage['attributes']) => write(kim, attributes, hybrid(), asAdmin);
    const shown = async (): Promise<readonly string[]> => {
      const options = { scope: 'base' as const, attributes: ['proxyAddresses'] };
      const [entry] = (await admin.search(dn, options)).searchEntries;
      return [entry?.['proxyAddresses'] ?? []].flat().map(String).toSorted();
    };
    const x500 = 'x500:/o=cloud/cn=kim';
    const addresses = { proxyAddresses: [...own, 'smtp:gone@corp.test', x500] };
    for (const time of ['first', 'again']) {
      expect(await send(addresses), time).toMatchObject({ outcome: 'applied' });
      expect(await shown(), time).toEqual([...own, x500].toSorted());
    }
    const lacking = 'msExchSafeSendersHash';
    const answer = await send({ [lacking]: { $binary: 'AQ==' }, ...addresses });
    expect(answer).toMatchObject({ outcome: 'applied', unsupported: [lacking] });
    await asAdmin.close();
  });

  it('waits for an object that is not there', async () => {
    const gone = '00000000-1111-2222-3333-444444444444';
    expect(await write(gone, anchor(guidBytes(gone)))).toMatchObject({ outcome: 'deferred', code: 'ADJ-EXP-3204' });
  });
});
