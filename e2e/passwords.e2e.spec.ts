import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD_SCOPE_TOPIC, type PasswordScope } from '@adjoin/contracts';
import type { DirectoryEntry } from '@adjoin/demo';
import { createKafka, createLogger, createProducer, mapConcurrent } from '@adjoin/shared';
import { loadedUserPassword } from '@adjoin/stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { ntHash, PasswordUsers } from './support/password-users.js';
import { SecretSearch, type Secret } from './support/secret-search.js';
import { TraceReceiver } from './support/trace-receiver.js';
import { waitFor } from './support/wait-for.js';

const APP = 'password-hash-sync-corp';
const CHANGES = 50;
const CALL = '^/provisioningservice.svc/ProvisionCredentials';

/** Passwords over the whole way: Active Directory, password-hash-sync, the sync service, sign-in. */
describe('password hash synchronization', () => {
  let lab: Lab;
  let receiver: TraceReceiver;
  let users: PasswordUsers;
  let people: readonly DirectoryEntry[];
  /** Every password that was ever set, and the one in force. */
  const used: string[] = [];
  const current = new Map<DirectoryEntry, string>();
  /** Every derived value that the tenant was ever seen to have. */
  const derived = new Set<string>();

  beforeAll(async () => {
    receiver = await TraceReceiver.open();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '300',
      LOG_LEVEL: 'debug',
      ADJOIN_LEASE_MS: '2000',
    };
    lab = await Lab.openReady({ name: 'passwords', users: 70, passwords: true, env });
    users = await PasswordUsers.open(lab);
    const scopes = lab.database.collection('passwordScope');
    const states = lab.database.collection('passwordStates');
    await waitFor(lab, 'all passwords in scope to be sent', async () => {
      const inScope = await scopes.countDocuments({ out: false });
      return inScope >= CHANGES && (await states.countDocuments({ 'result.status': 'Success' })) >= inScope;
    });
    const anchors = new Set(
      (await scopes.find({ out: false }).toArray()).map((scope) => String(scope['sourceAnchor'])),
    );
    people = (await users.enabled()).filter(({ anchor }) => anchors.has(anchor));
  });
  afterAll(async () => {
    await users?.close();
    await lab?.close();
    await receiver.close();
  });

  const signsIn = (user: DirectoryEntry, password: string): Promise<boolean> => users.signsIn(user, password);
  async function noteDerived(): Promise<void> {
    for (const { hash } of await users.credentials()) derived.add(hash);
  }
  async function change(user: DirectoryEntry): Promise<string> {
    const password = users.randomPassword();
    used.push(password);
    current.set(user, password);
    await users.setPassword(user, password);
    return password;
  }

  it('lets everybody sign in with the password of Active Directory, and nobody with another one', async () => {
    for (const user of people) {
      const password = loadedUserPassword(user.values.get('employeeid')?.[0] ?? '');
      used.push(password);
      current.set(user, password);
      await waitFor(lab, `${user.dn} to sign in`, () => signsIn(user, password));
      expect(await signsIn(user, `${password}x`)).toBe(false);
    }
    await noteDerived();
  });

  it('takes a changed password over within seconds; the old one stops working', async () => {
    expect(people.length).toBeGreaterThanOrEqual(CHANGES);
    // A few people at a time: nobody waits for the password of another.
    const seconds = await mapConcurrent(people.slice(0, CHANGES), 5, async (user) => {
      const old = current.get(user) ?? '';
      const begun = performance.now();
      const password = await change(user);
      await waitFor(lab, `the new password of ${user.dn}`, () => signsIn(user, password), { everyMs: 50 });
      const lasted = (performance.now() - begun) / 1000;
      expect(await signsIn(user, old)).toBe(false);
      await noteDerived();
      return lasted;
    });
    seconds.sort((a, b) => a - b);
    const [median = 0, p95 = 0] = [seconds[24], seconds[47]];
    process.stdout.write(`password to sign-in: median ${median.toFixed(2)} s, p95 ${p95.toFixed(2)} s of 50 changes\n`);
  });

  it('misses none although a fifth of the sends fails and the process is killed again and again', async () => {
    await lab.simulator.setFaults([
      { path: CALL, probability: 0.1, status: 503 },
      { path: CALL, probability: 0.1, drop: true, when: 'after' },
    ]);
    for (let round = 0; round < 5; round++) {
      for (const user of people.slice(round * 3, round * 3 + 12)) await change(user);
      // From before it holds the lease again to after everything was sent.
      await new Promise((resolve) => setTimeout(resolve, 1500 + round * 900));
      await lab.service(APP).kill9();
      await lab.start(APP);
    }
    await lab.simulator.setFaults([]);
    for (const [user, password] of current)
      await waitFor(lab, `the last password of ${user.dn}`, () => signsIn(user, password));
  });

  it('sends nothing for a forged record and raises a security event', async () => {
    const [mallory, victim] = people as [DirectoryEntry, DirectoryEntry];
    const begun = new Date();
    const scopes = lab.database.collection<{ _id: string; objectGuid: string; sourceAnchor: string }>('passwordScope');
    const own = await scopes.findOne({ sourceAnchor: mallory.anchor });
    const of = await lab.database.collection('passwordScope').findOne({ sourceAnchor: victim.anchor });
    const forged = { ...(own as unknown as PasswordScope), cloudId: String(of?.['cloudId']), version: 1_000_000 };
    const log = createLogger('forger', 'silent');
    const producer = await createProducer(
      createKafka({ access: { brokers: [lab.stack.kafka.bootstrap] }, clientId: 'forger', log }),
    );
    await producer.send(PASSWORD_SCOPE_TOPIC, [{ key: String(own?._id), value: forged }]);
    await producer.close();
    const state = lab.database.collection<{ _id: string; result?: { status: string; at: Date } }>('passwordStates');
    const refused = (what: string, since: Date): Promise<boolean> =>
      waitFor(lab, `${what} to be refused`, async () => {
        const result = (await state.findOne({ _id: String(own?._id) }))?.result;
        return result?.status === 'BindingRefused' && result.at > since;
      });
    await refused('the forged record', begun);
    // Only now: a password that is changed before the record arrives goes to its owner.
    const changed = new Date();
    const password = await change(mallory);
    await refused('the new password', changed);
    expect(await signsIn(mallory, password)).toBe(false);
    expect(await signsIn(victim, password)).toBe(false);
    expect(users.logOf(APP)).toContain('password.binding-refused');
  });

  it('leaves no hash and nothing derived from one anywhere', async () => {
    await noteDerived();
    const secrets: Secret[] = [
      ...used.map((password, n) => ({ name: `NT hash ${String(n)}`, bytes: ntHash(password) })),
      ...[...derived].map((hash, n) => ({ name: `derived value ${String(n)}`, bytes: Buffer.from(hash, 'hex') })),
    ];
    expect(derived.size).toBeGreaterThan(people.length + 40);
    const canary: Secret = { name: 'canary', bytes: createHash('md5').update(randomBytes(16)).digest() };
    await plant(canary);
    const search = new SecretSearch([...secrets, canary]);
    await search.mongo(lab.stack.mongo.uri);
    await search.kafka(lab.stack.kafka.bootstrap);
    search.files(lab.stack.runFolder, ['mongo', 'kafka', 'corp', 'entra-simulator']);
    const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
    search.look('spans', 'all', Buffer.from(JSON.stringify(receiver.spans, plain)));
    for (const path of ['/readyz', '/metrics'])
      search.look('health', path, Buffer.from(await (await fetch(`${lab.address(APP)}${path}`)).text()));
    const found = search.findings.filter(({ secret }) => secret === 'canary').map(({ place }) => place.split(':')[0]);
    expect([...new Set(found)].sort()).toEqual(['documents', 'logs', 'oplog', 'records', 'spans', 'state files']);
    expect(search.findings.filter(({ secret }) => secret !== 'canary')).toEqual([]);
  });

  /** In every place and form in which a real one could stand, so that the search is known to find it. */
  async function plant({ bytes }: Secret): Promise<void> {
    const hex = bytes.toString('hex');
    await lab.database.collection('canary').insertOne({ bytes, hex, inner: [{ HEX: hex.toUpperCase() }] });
    const log = createLogger('canary', 'silent');
    const kafka = createKafka({ access: { brokers: [lab.stack.kafka.bootstrap] }, clientId: 'canary', log });
    const producer = await createProducer(kafka);
    // Long enough to be compressed.
    const value = { filler: 'x'.repeat(20_000), base64: bytes.toString('base64') };
    await producer.send('adjoin.changes.corp.dlq', [{ key: 'canary', value }]);
    await producer.close();
    const span = {
      ...{ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: 'canary' },
      ...{ startTimeUnixNano: '1', endTimeUnixNano: '2' },
      attributes: [{ key: 'adjoin.object', value: { stringValue: hex } }],
    };
    const resourceSpans = [{ resource: { attributes: [] }, scopeSpans: [{ spans: [span] }] }];
    await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: JSON.stringify({ resourceSpans }) });
    expect(receiver.problems).toEqual([]);
    const folder = lab.stack.runFolder;
    appendFileSync(join(folder, 'logs', 'canary.log'), JSON.stringify({ hash: hex }));
    writeFileSync(join(folder, 'canary.state'), Buffer.from(hex.toUpperCase(), 'utf16le'));
  }
});
