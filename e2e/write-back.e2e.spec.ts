import { readFileSync } from 'node:fs';
import { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { expectNothingDoubledOrDeleted, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';
import { checkRights, grantWriteBack, isConfirmed, turnOnWriteBack } from './support/write-back.js';

const ANCHOR = 'mS-DS-ConsistencyGuid';
/** Users of the type user; an inetOrgPerson has no anchor of its own. */
const USERS = '(&(objectCategory=person)(objectClass=user)(!(objectClass=inetOrgPerson)))';
describe('a forest whose users get their source anchor written back', () => {
  let lab: Lab;
  let client: Client;

  beforeAll(async () => {
    lab = await Lab.open({ name: 'write-back', users: 40, groups: 3 });
    const { forest } = lab;
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    client = new Client({ url: forest.ldapsUrl, timeout: 30_000, tlsOptions });
    await client.bind(forest.admin.dn, forest.admin.password);
    await turnOnWriteBack(lab, 'consistency-guid', { sourceAnchor: 'ms-DS-ConsistencyGuid' });
  });
  afterAll(async () => {
    await client?.unbind();
    await lab?.close();
  });

  const users = async (): Promise<readonly Record<string, unknown>[]> => {
    const attributes = ['objectGUID', ANCHOR, 'uSNChanged'];
    const binary = { explicitBufferAttributes: ['objectGUID', ANCHOR] };
    return (await client.search(lab.forest.adjoinOu, { filter: USERS, attributes, ...binary })).searchEntries;
  };
  /** Users whose anchor is not written yet. */
  const open = async (): Promise<number> =>
    (await users()).filter((user) => !(user['objectGUID'] as Buffer).equals(bytes(user[ANCHOR]))).length;

  it('has an account that lacks a right, until the command is run that the check prints', async () => {
    expect((await checkRights(lab)).exit).toBe(3);
    await grantWriteBack(lab, 'consistency-guid');
  });

  it('has the anchor of every user in both directories, each written once', async () => {
    await lab.startApps();
    await waitUntilEqual(lab, 'with written anchors');
    await waitFor(lab, 'the anchor of every user', async () => (await open()) === 0);
    await waitFor(lab, 'every anchor confirmed', () => isConfirmed(lab));
    const again = await lab.database
      .collection('connectorObjects')
      .countDocuments({ connector: 'corp', releases: { $gt: 1 } });
    expect(again, 'objects that were written twice').toBe(0);
    await expectNothingDoubledOrDeleted(lab);
  });

  it('gives a new user one, and changes nothing else in the forest', async () => {
    const before = new Map((await users()).map((user) => [String(user['dn']), user['uSNChanged']]));
    const dn = `CN=Anchored,${lab.forest.adjoinOu}`;
    const unicodePwd = Buffer.from('"New-User-Passw0rd-1!"', 'utf16le') as unknown as string;
    const account = {
      sAMAccountName: 'anchored',
      userPrincipalName: `anchored@${lab.forest.domain}`,
      userAccountControl: '512',
    };
    await client.add(dn, { objectClass: ['user'], displayName: 'Anchored', unicodePwd, ...account });
    await waitFor(lab, 'the anchor of the new user', async () => (await open()) === 0);
    await waitUntilEqual(lab, 'with the new user');
    for (const user of await users())
      if (user['dn'] !== dn) expect(user['uSNChanged'], String(user['dn'])).toBe(before.get(String(user['dn'])));
    await expectNothingDoubledOrDeleted(lab);
  });
});

const bytes = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
