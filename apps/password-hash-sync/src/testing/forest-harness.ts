import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PASSWORD_SCOPE_TOPIC, passwordScopeKey, type PasswordScope } from '@adjoin/contracts';
import { connectDrs } from '@adjoin/ad-drsr';
import {
  connectMongo,
  createKafka,
  createLogger,
  createProducer,
  ensureTopics,
  type Logger,
  type MessageProducer,
  type MongoHandle,
} from '@adjoin/shared';
import { ForestWorker } from '../forest/forest-worker.js';
import type { CredentialSender } from '../send/credential-sender.js';
import type { PasswordState } from '../state/state-documents.js';
import type { TargetDirectory } from '../target/target-directory.js';
import { FakeTenant } from './fake-tenant.js';
import { LabDirectory, type LabForest, type LabUser } from './lab-directory.js';

const { ADJOIN_TEST_FOREST, ADJOIN_TEST_MONGO, ADJOIN_TEST_KAFKA } = process.env;
/** Without a domain controller there is nothing to test. */
export const NO_FOREST = ADJOIN_TEST_FOREST === undefined;

/** A worker on a real domain controller, MongoDB and Kafka, with a tenant in memory. */
export class ForestHarness {
  readonly connector = `t${randomUUID().slice(0, 8)}`;
  readonly tenant = new FakeTenant();
  readonly directory: LabDirectory;
  readonly mongo: MongoHandle;
  readonly logged: string[];
  readonly #forest: LabForest;
  readonly #log: Logger;
  readonly #producer: MessageProducer;
  readonly #kafka: ReturnType<typeof createKafka>;
  #version = 0;
  /** Where passwords go; the tenant in memory unless a test puts another one here. */
  target: { readonly directory: TargetDirectory; readonly sender: CredentialSender };
  #replicas: { readonly stop: AbortController; readonly running: Promise<void> }[] = [];

  private constructor(parts: {
    forest: LabForest;
    mongo: MongoHandle;
    log: Logger;
    logged: string[];
    producer: MessageProducer;
    kafka: ReturnType<typeof createKafka>;
  }) {
    this.#forest = parts.forest;
    this.mongo = parts.mongo;
    this.logged = parts.logged;
    this.#log = parts.log;
    this.#producer = parts.producer;
    this.#kafka = parts.kafka;
    this.directory = new LabDirectory(parts.forest);
    this.target = { directory: this.tenant, sender: this.tenant };
  }

  static async open(): Promise<ForestHarness> {
    const forest = JSON.parse(readFileSync(ADJOIN_TEST_FOREST ?? '', 'utf8')) as LabForest;
    const url = new URL(ADJOIN_TEST_MONGO ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0');
    url.pathname = `/passwords-${randomUUID().slice(0, 8)}`;
    const mongo = await connectMongo(url.toString());
    const logged: string[] = [];
    const log = createLogger('password-test', 'debug');
    keepLines(log, logged);
    const kafka = createKafka({
      access: { brokers: [ADJOIN_TEST_KAFKA ?? '127.0.0.1:19092'] },
      clientId: 'password-test',
      log,
    });
    await ensureTopics(kafka, [{ topic: PASSWORD_SCOPE_TOPIC, partitions: 6, compacted: true }]);
    const harness = new ForestHarness({ forest, mongo, log, logged, kafka, producer: await createProducer(kafka) });
    await harness.directory.open();
    return harness;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.directory.close();
    await this.#producer.close();
    await this.mongo.db.dropDatabase();
    await this.mongo.close();
  }

  /** Starts a replica. */
  start(): void {
    const { host, domain, user, password } = {
      ...{ host: this.#forest.ip, domain: this.#forest.netbios },
      ...{ user: this.#forest.hash.name, password: this.#forest.hash.password },
    };
    const worker = new ForestWorker({
      ...{ connector: this.connector, namingContexts: [this.#forest.baseDn], anchorAttribute: 'objectGUID' },
      ...{ pollMs: 200, leaseMs: 2000, owner: randomUUID(), db: this.mongo.db, kafka: this.#kafka, log: this.#log },
      open: async (_, signal) => ({
        session: await connectDrs({ host, domain, user, password, signal }),
        server: host,
      }),
      ...this.target,
    });
    const stop = new AbortController();
    this.#replicas.push({ stop, running: worker.run(stop.signal) });
  }

  /** Stops all replicas, or so many of those that were started first. */
  async stop(count = this.#replicas.length): Promise<void> {
    const ending = this.#replicas.splice(0, count);
    for (const { stop } of ending) stop.abort();
    await Promise.all(ending.map(({ running }) => running));
  }

  /** The user exists in the tenant and is in scope. */
  async bring(...users: readonly LabUser[]): Promise<void> {
    for (const { guid, anchor } of users)
      this.tenant.put({ cloudId: `cloud-${guid}`, sourceAnchor: anchor, synchronized: true, roles: [] });
    await this.publish(...users.map((user) => ({ user })));
  }

  /** Scope records as anybody who may write to the topic could make them. */
  async publish(...records: readonly { user: LabUser; change?: Partial<PasswordScope> | null }[]): Promise<void> {
    const messages = records.map(({ user, change }) => {
      const scope: PasswordScope = {
        ...{ connector: this.connector, objectGuid: user.guid, sourceAnchor: user.anchor, target: 'entra' },
        ...{ cloudId: `cloud-${user.guid}`, version: ++this.#version },
        ...change,
      };
      return { key: passwordScopeKey(this.connector, user.guid), value: change === null ? null : scope };
    });
    await this.#producer.send(PASSWORD_SCOPE_TOPIC, messages);
  }

  async state(user: LabUser): Promise<PasswordState | undefined> {
    const states = this.mongo.db.collection<PasswordState>('passwordStates');
    return (await states.findOne({ _id: passwordScopeKey(this.connector, user.guid) })) ?? undefined;
  }

  async staging(value: 'on' | 'off'): Promise<void> {
    const settings = this.mongo.db.collection<{ _id: string; value: string }>('settings');
    await settings.updateOne({ _id: 'staging' }, { $set: { value } }, { upsert: true });
  }

  async resync(guids?: readonly string[]): Promise<string> {
    const _id = randomUUID();
    const commands = this.mongo.db.collection<{ _id: string; [field: string]: unknown }>('commands');
    await commands.insertOne({
      ...{ _id, kind: 'password.resync', connector: this.connector, status: 'requested' },
      ...(guids === undefined ? {} : { guids: [...guids] }),
    });
    return _id;
  }
}

/** Repeats a check until it passes, for half a minute. */
export async function eventually(check: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      await check();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await check();
}

/** Everything that is logged also goes to the list, at every level. */
function keepLines(log: Logger, into: string[]): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    log[level] = ((...args: unknown[]) => void into.push(JSON.stringify(args))) as Logger[typeof level];
}
