import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { adjoinConfig, PASSWORD_SCOPE_TOPIC, passwordScopeKey, type EntraConnectorConfig } from '@adjoin/contracts';
import { readDirectory, type DirectoryEntry } from '@adjoin/demo';
import { HttpsTransport, TokenProvider } from '@adjoin/graph';
import { createKafka, createLogger, createProducer, ensureTopics } from '@adjoin/shared';
import type { Stack } from '@adjoin/stack';
import { SyncServiceClient, type SyncObject, type SyncValue } from '@adjoin/sync-service';
import { Attribute, Change, Client } from 'ldapts';
import type { mongo } from 'mongoose';
import { parse } from 'yaml';

const CONNECTOR = 'corp';
const PROVISION_BATCH = 200;
const DISABLED = 2;
const DEADLINE_MS = 300_000;

/** Users of a forest, put into the simulated tenant and into the scope of password hash synchronization without the rest of Adjoin. */
export class PasswordScene {
  readonly #stack: Stack;
  readonly #db: mongo.Db;
  readonly #entra: EntraConnectorConfig;
  readonly #ca: string;
  readonly #client: Client;
  #users: readonly DirectoryEntry[] = [];

  private constructor(stack: Stack, db: mongo.Db, client: Client, entra: EntraConnectorConfig) {
    this.#stack = stack;
    this.#db = db;
    this.#client = client;
    this.#entra = entra;
    this.#ca = readFileSync(join(stack.runFolder, 'entra-simulator', 'ca.pem'), 'utf8');
  }

  static async open(stack: Stack, db: mongo.Db): Promise<PasswordScene> {
    const forest = stack.forests[0]?.forest;
    const file = adjoinConfig.parse(parse(readFileSync(stack.connectorFile, 'utf8')));
    const entra = file.connectors.find((connector) => connector.type === 'entra');
    if (forest === undefined || entra?.type !== 'entra') throw new Error('the stack has no forest or no tenant');
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    const client = new Client({ url: forest.ldapsUrl, tlsOptions });
    await client.bind(forest.admin.dn, forest.admin.password);
    return new PasswordScene(stack, db, client, entra);
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }

  /** Creates all enabled users in the tenant and publishes their scope. Gives their number. */
  async bring(): Promise<number> {
    const forest = this.#stack.forests[0]?.forest;
    if (forest === undefined) throw new Error('the stack has no forest');
    const entries = await readDirectory(forest);
    this.#users = entries.filter(
      ({ classes, values }) =>
        classes.has('user') &&
        !classes.has('inetorgperson') &&
        !classes.has('computer') &&
        (Number(values.get('useraccountcontrol')?.[0] ?? DISABLED) & DISABLED) === 0,
    );
    const ids = await this.#provision();
    const log = createLogger('bench', 'silent');
    const kafka = createKafka({ access: { brokers: [this.#stack.kafka.bootstrap] }, clientId: 'bench', log });
    await ensureTopics(kafka, [{ topic: PASSWORD_SCOPE_TOPIC, partitions: 6, compacted: true }]);
    const producer = await createProducer(kafka);
    const records = this.#users.map(({ anchor }, index) => {
      const objectGuid = guidText(Buffer.from(anchor, 'base64'));
      const cloudId = ids[index] ?? '';
      const scope = { connector: CONNECTOR, objectGuid, sourceAnchor: anchor, target: 'entra', cloudId, version: 1 };
      return { key: passwordScopeKey(CONNECTOR, objectGuid), value: scope };
    });
    for (let at = 0; at < records.length; at += 1000)
      await producer.send(PASSWORD_SCOPE_TOPIC, records.slice(at, at + 1000));
    await producer.close();
    return records.length;
  }

  /** Fails after five minutes. */
  async untilSent(users: number): Promise<void> {
    const states = this.#db.collection('passwordStates');
    const end = Date.now() + DEADLINE_MS;
    while (Date.now() < end && (await states.countDocuments({ 'result.status': 'Success' })) < users) await wait(100);
    if (Date.now() >= end) throw new Error('not all passwords were sent in time');
  }

  /** Sets a new password and waits until it opens the account in the tenant, ms. */
  async change(n: number): Promise<number> {
    const user = this.#users[n % this.#users.length];
    if (user === undefined) throw new Error('no user');
    const password = `Aa1-${randomBytes(9).toString('base64url')}-ÄÖ€`;
    const values = [Buffer.from(`"${password}"`, 'utf16le')];
    const modification = new Attribute({ type: 'unicodePwd', values });
    await this.#client.modify(user.dn, new Change({ operation: 'replace', modification }));
    const begun = performance.now();
    while (!(await this.#signsIn(user, password))) {
      if (performance.now() - begun > 60_000) throw new Error(`the new password of ${user.dn} does not arrive`);
      await wait(20);
    }
    return performance.now() - begun;
  }

  async #provision(): Promise<readonly string[]> {
    const { authority, tenantId, clientId, clientSecretFile = '', syncService } = this.#entra;
    const secret = (): string => readFileSync(clientSecretFile, 'utf8');
    const tokens = new TokenProvider({
      ...{ transport: new HttpsTransport({ ca: this.#ca }), authority, tenantId, clientId },
      ...{ credential: { kind: 'secret', secret }, resource: syncService.resource },
    });
    const { endpoint, applicationId, clientBuild } = syncService;
    const service = new SyncServiceClient({ endpoint, tokens, tenantId, applicationId, clientBuild, ca: this.#ca });
    const ids: string[] = [];
    for (let at = 0; at < this.#users.length; at += PROVISION_BATCH) {
      const results = await service.provision(this.#users.slice(at, at + PROVISION_BATCH).map(userObject));
      ids.push(...results.map(({ cloudAnchor }) => String(cloudAnchor).replace(/^User_/, '')));
    }
    service.close();
    return ids;
  }

  #signsIn({ values }: DirectoryEntry, password: string): Promise<boolean> {
    const { authority, tenantId, clientId, clientSecretFile = '' } = this.#entra;
    const form = new URLSearchParams({
      ...{ grant_type: 'password', client_id: clientId, client_secret: readFileSync(clientSecretFile, 'utf8') },
      ...{ username: values.get('userprincipalname')?.[0] ?? '', password, scope: 'openid profile' },
    }).toString();
    return post(`${authority}/${tenantId}/oauth2/v2.0/token`, form, this.#ca);
  }
}

function userObject({ anchor, values }: DirectoryEntry): SyncObject {
  const text = (value: string): SyncValue => ({ type: 'string', value });
  const upn = values.get('userprincipalname')?.[0] ?? '';
  return {
    ...{ type: 'User', operation: 'Set' },
    properties: new Map<string, SyncValue>([
      ['SourceAnchor', text(anchor)],
      ['accountEnabled', { type: 'boolean', value: true }],
      ['displayName', text(values.get('displayname')?.[0] ?? upn)],
      ['userPrincipalName', text(upn)],
    ]),
  };
}

function post(url: string, body: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', headers, ca }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode === 200));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function guidText(bytes: Buffer): string {
  const part = (from: number, to: number): Buffer => Buffer.from(bytes.subarray(from, to));
  const fields = [part(0, 4).reverse(), part(4, 6).reverse(), part(6, 8).reverse(), part(8, 10), part(10, 16)];
  return fields.map((field) => field.toString('hex')).join('-');
}
