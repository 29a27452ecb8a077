import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  changeMessage,
  changesTopic,
  confirmTopic,
  type AdConnectorConfig,
  type ChangeMessage,
  type ObjectChange,
} from '@adjoin/contracts';
import {
  connectMongo,
  createKafka,
  createLogger,
  createProducer,
  ensureTopics,
  type MongoHandle,
} from '@adjoin/shared';
import { Attribute, Change, Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartitionWorker } from './partition-worker.js';
import { sambaConnector } from '../testing/samba-connector.js';

interface Forest {
  readonly domain: string;
  readonly netbios: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  readonly sync: { readonly dn: string; readonly password: string };
  readonly admin: { readonly dn: string; readonly password: string };
}
const { ADJOIN_TEST_FOREST: forestFile, ADJOIN_TEST_KAFKA: brokers, ADJOIN_TEST_MONGO: mongoUri } = process.env;
const available = forestFile !== undefined && brokers !== undefined && mongoUri !== undefined;

describe.skipIf(!available)('the import of a domain', () => {
  const forest = available ? (JSON.parse(readFileSync(forestFile, 'utf8')) as Forest) : ({} as Forest);
  const connector = `imp${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'adjoin-import-'));
  const log = createLogger('test', 'silent');
  const kafka = createKafka({ access: { brokers: [brokers ?? ''] }, clientId: connector, log });
  const received: ChangeMessage[] = [];
  const consumer = kafka.consumer({ groupId: connector });
  const ou = `OU=${connector},${forest.baseDn}`;
  let mongo: MongoHandle;
  let admin: Client;
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let producer: Awaited<ReturnType<typeof createProducer>>;
  /** What the workers said of themselves, each with whether they were ready. */
  const states: string[] = [];

  const config = (): AdConnectorConfig =>
    sambaConnector(forest, {
      name: connector,
      bindDn: forest.sync.dn,
      passwordFile: join(folder, 'password'),
      scope: { include: [ou], exclude: [`OU=Out,${ou}`] },
      objectTypes: ['user', 'inetOrgPerson', 'group', 'contact', 'computer', 'foreignSecurityPrincipal'],
      pollSeconds: 0.2,
    });
  const start = (): void => {
    stop = new AbortController();
    const publishing = { producer, topic: changesTopic(connector), kafkaPartitions: 3 };
    const worker = new PartitionWorker({
      config: config(),
      partition: forest.baseDn,
      continuous: true,
      mongo,
      kafka,
      publishing,
      owner: 'test',
      leaseMs: 5_000,
      log,
    });
    Object.defineProperty(worker.state, 'detail', {
      set: (detail: string) => void states.push(`${worker.state.ok ? 'ready' : 'not ready'}: ${detail}`),
    });
    running = worker.run(stop.signal);
  };
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const change = (test: (body: ObjectChange) => boolean): Promise<ObjectChange> =>
    until(() => received.find((message): message is ObjectChange => message.kind === 'object' && test(message)));
  const addUser = (name: string, container = ou): Promise<void> =>
    admin.add(`CN=${name},${container}`, {
      objectClass: ['user'],
      sAMAccountName: `${connector}${name}`,
      displayName: name,
    });
  const modify = (dn: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[]): Promise<void> =>
    admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }));
  const anchorOf = async (name: string): Promise<string> =>
    (await change((body) => body.op === 'whole' && body.rdn === `CN=${name}`)).anchor;

  beforeAll(async () => {
    writeFileSync(join(folder, 'password'), forest.sync.password, { mode: 0o600 });
    const uri = new URL(mongoUri ?? '');
    uri.pathname = `/${connector}`;
    mongo = await connectMongo(uri.toString());
    const inclusion = { [connector]: { user: ['displayName', 'mail', 'telephoneNumber'], group: ['displayName'] } };
    await mongo.db
      .collection<{ _id: string }>('ruleSets')
      .insertOne({ _id: 'active', inclusion, hash: 'h' } as { _id: string });
    await ensureTopics(kafka, [
      { topic: changesTopic(connector), partitions: 3 },
      { topic: confirmTopic(connector), partitions: 1 },
    ]);
    producer = await createProducer(kafka);
    admin = new Client({
      url: forest.ldapsUrl,
      tlsOptions: { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName },
    });
    await admin.bind(forest.admin.dn, forest.admin.password);
    for (const dn of [ou, `OU=Out,${ou}`]) await admin.add(dn, { objectClass: ['organizationalUnit'] });
    for (let index = 0; index < 20; index += 1) await addUser(`first${String(index)}`);
    await admin.add(`CN=team,${ou}`, {
      objectClass: ['group'],
      sAMAccountName: `${connector}team`,
      member: [`CN=first0,${ou}`, `CN=first1,${ou}`],
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [changesTopic(connector)], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        received.push(changeMessage.parse(JSON.parse(message.value?.toString() ?? '')));
        return Promise.resolve();
      },
    });
    start();
  });

  afterAll(async () => {
    stop.abort();
    await running;
    await consumer.disconnect();
    await producer.close();
    const { searchEntries } = await admin.search(ou, { attributes: ['1.1'] });
    for (const { dn } of searchEntries.sort((a, b) => b.dn.length - a.dn.length)) await admin.del(dn);
    await admin.unbind();
    await mongo.db.dropDatabase();
    await mongo.close();
    rmSync(folder, { recursive: true });
  });

  it('begins with everything in scope, what was seen, and a marker on each Kafka partition', async () => {
    const full = await until(() => {
      const markers = received.filter((message) => message.kind === 'marker' && message.run.profile === 'full-import');
      return markers.length === 3 ? markers : undefined;
    });
    const whole = received.filter((message) => message.kind === 'object' && message.op === 'whole');
    expect(whole.filter((message) => message.kind === 'object' && message.objectType === 'user')).toHaveLength(20);
    for (const marker of full) expect(marker).toMatchObject({ complete: true, objects: whole.length });
    const sent = full.reduce((sum, marker) => sum + (marker.kind === 'marker' ? marker.sent : 0), 0);
    const seen = received.filter((message) => message.kind === 'seen');
    expect(sent).toBe(whole.length + seen.length);
    const team = await change((body) => body.objectType === 'group');
    expect(team.references?.['member']).toMatchObject({ mode: 'set', last: true, count: 2 });
  });

  it('is at work, and not waiting for something, while a domain is read for the first time', () => {
    expect(states.find((state) => state.includes('first read'))).toMatch(
      /^ready: first read of the domain: full-import/,
    );
    expect(states[0]).toMatch(/^not ready: asking MongoDB/);
  });

  it('tells changed, cleared and single-valued reference attributes', async () => {
    const [user, manager] = [await anchorOf('first2'), await anchorOf('first3')];
    await modify(`CN=first2,${ou}`, 'replace', 'telephoneNumber', ['+49 1']);
    await change((body) => body.anchor === user && body.attributes?.['telephoneNumber'] === '+49 1');
    await modify(`CN=first2,${ou}`, 'replace', 'telephoneNumber', []);
    await change((body) => body.anchor === user && body.attributes?.['telephoneNumber'] === null);
    await modify(`CN=first2,${ou}`, 'replace', 'manager', [`CN=first3,${ou}`]);
    await change(
      (body) => body.anchor === user && JSON.stringify(body.attributes?.['manager'] ?? '').includes(manager),
    );
    await modify(`CN=first2,${ou}`, 'replace', 'manager', []);
    await change((body) => body.anchor === user && body.attributes?.['manager'] === null);
  });

  it('tells one added and one removed member', async () => {
    const [team, user] = [await anchorOf('team'), await anchorOf('first4')];
    const has = (list: 'add' | 'remove') => (body: ObjectChange) => {
      const member = body.references?.['member'];
      return body.anchor === team && member?.mode === 'change' && member[list].some((target) => target.$ref === user);
    };
    await modify(`CN=team,${ou}`, 'add', 'member', [`CN=first4,${ou}`]);
    await change(has('add'));
    await modify(`CN=team,${ou}`, 'delete', 'member', [`CN=first4,${ou}`]);
    await change(has('remove'));
  });

  it('tells renames, moves out of the scope and back, and deletions', async () => {
    const user = await anchorOf('first5');
    await admin.modifyDN(`CN=first5,${ou}`, 'CN=Five\\, B');
    await change(
      (body) => body.anchor === user && body.rdn === 'CN=Five\\, B' && body.attributes?.['cn'] === 'Five, B',
    );
    await admin.modifyDN(`CN=Five\\, B,${ou}`, `CN=Five,OU=Out,${ou}`);
    await change((body) => body.anchor === user && body.op === 'delete' && body.reason === 'left-scope');
    const before = received.length;
    await admin.modifyDN(`CN=Five,OU=Out,${ou}`, `CN=Five,${ou}`);
    await until(() =>
      received
        .slice(before)
        .find((message) => message.kind === 'object' && message.anchor === user && message.op === 'whole'),
    );
    await admin.del(`CN=Five,${ou}`);
    const gone = await change((body) => body.anchor === user && body.op === 'delete' && body.reason !== 'left-scope');
    expect(['tombstone', 'confirmed-absent']).toContain(gone.reason);
  });

  it('answers what the engine wants confirmed', async () => {
    const user = await anchorOf('first6');
    const absent = '00000000-1111-2222-3333-444444444444';
    const before = received.length;
    const run = { id: 'confirm', attempt: 1, profile: 'full-import' };
    await producer.send(confirmTopic(connector), [
      { key: 'r', value: { connector, partition: forest.baseDn, run, anchors: [user, absent] } },
    ]);
    await change((body) => body.anchor === absent && body.reason === 'confirmed-absent');
    await until(() =>
      received
        .slice(before)
        .find((message) => message.kind === 'object' && message.anchor === user && message.op === 'whole'),
    );
  });

  it('goes on after a restart with the cookie, in a new epoch', async () => {
    stop.abort();
    await running;
    await addUser('later');
    start();
    const later = await change((body) => body.rdn === 'CN=later');
    expect(later.version.epoch).toBeGreaterThan(1);
    expect(
      received.filter((message) => message.kind === 'marker' && message.run.profile === 'full-import'),
    ).toHaveLength(3);
  });
});
