import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TcpProxy } from '@adjoin/testing';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { guidText } from '@adjoin/ad-ldap';
import { ConnectionCutter, type Ending, type Place, type Spot } from '../testing/connection-cutter.js';
import { SambaImporter, type SambaForest } from '../testing/samba-importer.js';

const { ADJOIN_TEST_FOREST: forestFile } = process.env;
const USERS = 24;
/** Several pages for the objects of the domain. */
const PAGE = 60;
/** Long enough for an answer of a busy controller to begin, short enough to wait for. */
const ANSWER_MS = 1_500;

describe.skipIf(forestFile === undefined)('a connection to a domain controller that is cut', () => {
  const forest = (forestFile === undefined ? {} : JSON.parse(readFileSync(forestFile, 'utf8'))) as SambaForest;
  const name = `cut${randomBytes(3).toString('hex')}`;
  const ou = `OU=${name},${forest.baseDn}`;
  const team = `CN=team,${ou}`;
  const users: string[] = [];
  let admin: Client;
  let proxy: TcpProxy;
  let cutter: ConnectionCutter;
  let importer: SambaImporter | undefined;
  let added = 0;

  const addUser = async (): Promise<string> => {
    added += 1;
    const dn = `CN=u${String(added)},${ou}`;
    const sAMAccountName = `${name}${String(added)}`;
    await admin.add(dn, { objectClass: ['user'], sAMAccountName, displayName: `User ${String(added)}` });
    users.push(dn);
    return dn;
  };
  const modify = (dn: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[]): Promise<void> =>
    admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }));
  const guidOf = async (dn: string): Promise<string> => {
    const { searchEntries } = await admin.search(dn, {
      scope: 'base',
      attributes: ['objectGUID'],
      explicitBufferAttributes: ['objectGUID'],
    });
    return guidText(searchEntries[0]?.['objectGUID'] as Buffer);
  };
  const open = (answerTimeoutMs?: number): SambaImporter => {
    importer = new SambaImporter(forest, ou, {
      changes: { servers: [`ldaps://127.0.0.1:${String(proxy.port)}`] },
      limits: { pageSize: PAGE, ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }) },
    });
    return importer;
  };

  beforeAll(async () => {
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    admin = new Client({ url: forest.ldapsUrl, tlsOptions });
    await admin.bind(forest.admin.dn, forest.admin.password);
    await admin.add(ou, { objectClass: ['organizationalUnit'] });
    for (let made = 0; made < USERS; made += 1) await addUser();
    await admin.add(team, { objectClass: ['group'], sAMAccountName: `${name}team`, member: users });
    proxy = new TcpProxy({ host: '127.0.0.1', port: 0 }, { host: new URL(forest.ldapsUrl).hostname, port: 636 });
    await proxy.open();
    cutter = new ConnectionCutter(proxy);
  });
  afterEach(() => importer?.dispose());
  afterAll(async () => {
    await proxy.close();
    const { searchEntries } = await admin.search(ou, { attributes: ['1.1'] });
    for (const { dn } of searchEntries.sort((a, b) => b.dn.length - a.dn.length)) await admin.del(dn);
    await admin.unbind();
  });

  /** What was published until now, applied in order, is what the directory holds. */
  async function expectComplete({ receiver }: SambaImporter): Promise<void> {
    const { searchEntries } = await admin.search(ou, {
      attributes: ['objectGUID', 'displayName', 'member'],
      explicitBufferAttributes: ['objectGUID'],
    });
    const guids = new Map(searchEntries.map((entry) => [entry.dn, guidText(entry['objectGUID'] as Buffer)]));
    const held = searchEntries.map((entry) => ({
      guid: guids.get(entry.dn),
      displayName: entry['displayName'] ?? [],
      members: [entry['member'] ?? []].flat().map((dn) => guids.get(String(dn))),
    }));
    const known = [...receiver.objects].filter(([, { dn }]) => dn?.endsWith(ou) === true);
    expect(known.map(([guid]) => guid).sort()).toEqual([...guids.values()].sort());
    for (const { guid, displayName, members } of held) {
      const object = receiver.objects.get(guid ?? '');
      expect(object?.attributes['displayName'] ?? []).toEqual(displayName);
      expect([...(object?.members ?? [])].sort()).toEqual(members.sort());
    }
  }

  /** A bit of everything. Resolves to what has to be taken away. */
  async function change(round: number): Promise<Set<string>> {
    const [renamed, removed, deleted] = users.splice(0, 3) as [string, string, string];
    const gone = new Set([
      `member ${await guidOf(removed)} of ${await guidOf(team)}`,
      `object ${await guidOf(deleted)}`,
    ]);
    await modify(users[0] ?? '', 'replace', 'displayName', [`Changed ${String(round)}`]);
    await admin.modifyDN(renamed, `CN=r${String(round)},${ou}`);
    users.push(`CN=r${String(round)},${ou}`);
    await modify(team, 'delete', 'member', [removed]);
    await admin.del(deleted);
    await modify(team, 'add', 'member', [await addUser(), await addUser()]);
    return gone;
  }

  /** Requests of a read that nothing disturbs: some of the opening, and all of the import itself. */
  async function requestsOf(reader: SambaImporter, read: () => Promise<unknown>): Promise<Spot[]> {
    reader.onOpened = () => cutter.opened();
    const spots = await cutter.measure(async () => expect(await read()).toBeUndefined());
    const opening = spots.filter(({ phase }) => phase === 'opening');
    const imports = spots.filter(({ phase }) => phase === 'import');
    expect(imports.length).toBeGreaterThan(3);
    return [...opening.slice(0, 1), ...opening.slice(-1), ...imports];
  }

  /** Within the answer to every request, and before the answer to every other one; both endings. */
  const cutsOf = (spots: readonly Spot[]): { spot: Spot; place: Place; then: Ending }[] =>
    spots.flatMap((spot, index) => [
      { spot, place: 'within' as const, then: index % 2 === 0 ? ('reset' as const) : ('end' as const) },
      ...(index % 2 === 0
        ? [{ spot, place: 'before' as const, then: index % 4 === 0 ? ('end' as const) : ('reset' as const) }]
        : []),
    ]);

  it('at any page of a full import takes nothing away, and the next run is complete', async () => {
    const reader = open();
    expect(await reader.full()).toBeUndefined();
    const requests = await requestsOf(reader, () => reader.full());
    await expectComplete(reader);
    for (const [round, cut] of cutsOf(requests).entries()) {
      reader.receiver.reset();
      if (round % 3 === 0) reader.restart();
      cutter.cutAt(cut.spot, cut.place, cut.then);
      expect((await reader.full())?.code, JSON.stringify(cut)).toMatch(/^ADJ-IMP-100/);
      cutter.mend();
      expect(cutter.isCut).toBe(true);
      expect(reader.receiver.removals, JSON.stringify(cut)).toEqual([]);
      expect(reader.receiver.absent(forest.baseDn)).toEqual([]);
    }
    expect(await reader.full()).toBeUndefined();
    expect(reader.receiver.removals).toEqual([]);
    await expectComplete(reader);
  });

  it('at any page of a delta import loses no change, and takes only away what is gone', async () => {
    const reader = open();
    expect(await reader.full()).toBeUndefined();
    await change(0);
    const requests = await requestsOf(reader, () => reader.delta());
    await expectComplete(reader);
    for (const [round, cut] of cutsOf(requests).entries()) {
      const gone = await change(round + 1);
      reader.receiver.reset();
      cutter.cutAt(cut.spot, cut.place, cut.then);
      expect((await reader.delta())?.code, JSON.stringify(cut)).toMatch(/^ADJ-IMP-100/);
      cutter.mend();
      expect(cutter.isCut).toBe(true);
      for (const removal of reader.receiver.removals) expect([...gone], JSON.stringify(cut)).toContain(removal);
      if (round % 3 === 0) reader.restart();
      expect(await reader.delta()).toBeUndefined();
      expect(new Set(reader.receiver.removals), JSON.stringify(cut)).toEqual(gone);
      await expectComplete(reader);
    }
  });

  it.each(['full', 'delta'] as const)(
    'or falls silent within a page of a %s import ends it in time',
    async (profile) => {
      const reader = open(ANSWER_MS);
      expect(await reader.full()).toBeUndefined();
      // The read that is measured has changes of the same kind.
      await change(profile === 'full' ? 1_000 : 1_001);
      reader.receiver.reset();
      reader.onOpened = () => cutter.opened();
      await cutter.measure(async () => expect(await reader[profile]()).toBeUndefined());
      const gone = await change(profile === 'full' ? 1_002 : 1_003);
      reader.receiver.reset();
      cutter.cutAt(cutter.longestAnswer, 'within', 'silence');
      expect(await reader[profile]()).toMatchObject({ code: 'ADJ-IMP-1001' });
      proxy.cut();
      cutter.mend();
      const early = [...reader.receiver.removals];
      reader.receiver.reset();
      expect(await reader[profile]()).toBeUndefined();
      const removals = new Set([...early, ...reader.receiver.removals]);
      for (const one of gone) expect([...removals]).toContain(one);
      // Where a group is read before its deleted member is missed, the member leaves it first.
      const [deleted] = [...gone].filter((one) => one.startsWith('object')).map((one) => one.split(' ')[1] ?? '');
      for (const one of removals) expect(gone.has(one) || one.startsWith(`member ${deleted ?? ''} `), one).toBe(true);
      await expectComplete(reader);
    },
  );
});
