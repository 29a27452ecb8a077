import { randomUUID } from 'node:crypto';
import {
  adjoinConfig,
  isWritten,
  type AdjoinConfig,
  type ChangeMessage,
  type ExportMessage,
  type ObjectChange,
  type ResultMessage,
} from '@adjoin/contracts';
import { loadRules, type StoredRuleFile } from '@adjoin/rule-files';
import { connectMongo, createLogger, type MessageProducer, type MongoHandle } from '@adjoin/shared';
import { Gates } from '../release/gates.js';
import { Holds } from '../release/holds.js';
import { Outbox } from '../release/outbox.js';
import { Releaser } from '../release/releaser.js';
import { Results } from '../release/results.js';
import { ActiveRules } from '../rules/active-rules.js';
import { ContainerCache } from '../staging/container-cache.js';
import { offsetId } from '../staging/offset-check.js';
import { RunTracker } from '../staging/run-tracker.js';
import { Staging } from '../staging/stage-batch.js';
import { Store } from '../store.js';
import { SyncWorker } from '../sync/sync-worker.js';

const PARTITION = 'DC=corp,DC=test';
/** What the baseline gate waits for. */
export const EXPECTED = [
  { connector: 'corp', partition: PARTITION },
  { connector: 'entra', partition: 'tenant' },
] as const;
const config = (ad: object, rules: object) =>
  adjoinConfig.parse({
    rules,
    connectors: [
      {
        name: 'corp',
        type: 'ad',
        id: '11111111-1111-4111-8111-111111111111',
        forest: 'corp.test',
        netbios: 'CORP',
        servers: ['ldaps://dc.corp.test'],
        bindDn: 'x',
        passwordFile: '/dev/null',
        domains: [{ dn: PARTITION, fqdn: 'corp.test', netbios: 'CORP' }],
        ...ad,
      },
      {
        name: 'entra',
        type: 'entra',
        id: '22222222-2222-4222-8222-222222222222',
        tenantId: 't',
        clientId: 'c',
        consistencySeconds: 0,
      },
    ],
  });

/** The engine on a real MongoDB, with messages handed in and out by the test instead of Kafka. */
export class EngineHarness {
  readonly store: Store;
  readonly sent: { topic: string; key: string; value: unknown }[] = [];
  /** Topics of the messages that nobody can read. */
  readonly deadLetters: string[] = [];
  readonly staging: Staging;
  readonly worker: SyncWorker;
  readonly releaser: Releaser;
  /** Releases what is written back to the forest, where its settings say so. */
  readonly writeBack: Releaser;
  readonly results: Results;
  readonly rules: ActiveRules;
  readonly #mongo: MongoHandle;
  readonly #outbox: Outbox;
  #seq = 0;
  #offset = 0;

  readonly #config: AdjoinConfig;

  private constructor(mongo: MongoHandle, ad: object, rules: object, edgeScan?: number) {
    this.#mongo = mongo;
    this.#config = config(ad, rules);
    this.store = new Store(mongo);
    const log = createLogger('engine-test', 'silent');
    const producer: MessageProducer = {
      send: (topic, messages) => {
        this.sent.push(...messages.map(({ key, value }) => ({ topic, key, value })));
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    this.rules = new ActiveRules(this.store, this.#config, log);
    this.#outbox = new Outbox(this.store, producer);
    const deadLetter = (topic: string): Promise<void> => {
      this.deadLetters.push(topic);
      return Promise.resolve();
    };
    this.staging = new Staging({
      store: this.store,
      containers: new ContainerCache(),
      runs: new RunTracker(this.store, this.#outbox, log),
      log,
      expected: EXPECTED,
      targetEdges: () => this.rules.targetEdges,
      isTarget: (name) => name === 'entra',
      consistencyMs: () => 0,
      scopeGroups: () => this.rules.scopeGroups,
      arrived: (_target, ids) => this.releaser.arrived(ids),
      deadLetter,
    });
    this.worker = new SyncWorker({
      store: this.store,
      log,
      plan: () => this.rules.plan,
      targetEdges: () => this.rules.targetEdges,
      isTarget: (name) => name === 'entra',
      isWritten: (name) => this.#config.connectors.some((one) => one.name === name && isWritten(one)),
      connectors: ['corp', 'entra'],
      firstLoadDone: () => Promise.resolve(true),
      committed: () => undefined,
    });
    const releaser = (target: string): Releaser =>
      new Releaser({
        store: this.store,
        target,
        gates: new Gates(this.store, target, EXPECTED),
        holds: new Holds(this.store, target, log),
        outbox: this.#outbox,
        log,
        window: 1000,
        edgeScan,
      });
    this.releaser = releaser('entra');
    this.writeBack = releaser('corp');
    this.results = new Results(this.store, log, deadLetter, () => this.releaser);
  }

  /**
   * @param uri replica set; a database of its own is made in it. `ad`: further settings of the AD connector; `rules`: of the rules; `edgeScan`: due
   * memberships that the release reads at a time
   */
  static async open(uri: string, ad: object = {}, rules: object = {}, edgeScan?: number): Promise<EngineHarness> {
    const url = new URL(uri);
    url.pathname = `/engine-${randomUUID().slice(0, 8)}`;
    const harness = new EngineHarness(await connectMongo(url.toString(), {}), ad, rules, edgeScan);
    await harness.store.createIndexes();
    await harness.store.takeOver(1);
    await harness.rules.load();
    return harness;
  }

  async close(): Promise<void> {
    await this.#mongo.db.dropDatabase();
    await this.#mongo.close();
  }

  /** Stages messages as one Kafka batch and gives back the batch, so that it can be delivered again. */
  async deliver(messages: readonly ChangeMessage[]) {
    const connector = messages[0]?.connector ?? 'corp';
    const batch = {
      topic: `adjoin.changes.${connector}`,
      partition: connector === 'corp' ? 0 : 1,
      messages: messages.map((message) => ({
        key: '',
        value: Buffer.from(JSON.stringify(message)),
        offset: String(this.#offset++),
        headers: {},
      })),
    };
    // Both topics share one counter, so a jump of offsets is no loss here.
    await this.store.state.updateOne(
      { _id: offsetId(batch.topic, batch.partition) },
      { $set: { offset: Number(batch.messages[0]?.offset ?? 0) - 1 } },
      { upsert: true },
    );
    await this.staging.stage([batch]);
    return batch;
  }

  object(
    change: Partial<ObjectChange> & { anchor: string },
    run = 'run-1',
    profile: 'full-import' | 'delta-import' = 'delta-import',
  ): ObjectChange {
    const connector = change.connector ?? 'corp';
    return {
      kind: 'object',
      connector,
      partition: connector === 'corp' ? PARTITION : 'tenant',
      version: { epoch: 1, seq: ++this.#seq },
      run: { id: run, attempt: 1, profile },
      op: 'whole',
      readStartedAt: new Date().toISOString(),
      ...change,
    };
  }

  /** A user as the importer reports it. `n` makes name and objectGUID. */
  user(n: number, attributes: Record<string, string | number | boolean | null | { $ref: string }> = {}): ObjectChange {
    const name = `user${n}`;
    return this.object({
      anchor: guid(n),
      objectType: 'user',
      rdn: `CN=${name}`,
      parent: null,
      dn: `CN=${name},OU=Staff,${PARTITION}`,
      attributes: {
        cn: name,
        sAMAccountName: name,
        userPrincipalName: `${name}@corp.test`,
        displayName: name,
        mail: `${name}@corp.test`,
        userAccountControl: 512,
        objectGUID: { $binary: guidBytes(guid(n)) },
        ...(attributes as object),
      },
    });
  }

  group(n: number, members: readonly number[], set = 's1'): ObjectChange {
    return this.object({
      anchor: guid(n),
      objectType: 'group',
      rdn: `CN=group${n}`,
      parent: null,
      dn: `CN=group${n},OU=Staff,${PARTITION}`,
      attributes: {
        cn: `group${n}`,
        sAMAccountName: `group${n}`,
        displayName: `group${n}`,
        groupType: -2147483646,
        objectGUID: { $binary: guidBytes(guid(n)) },
      },
      references: {
        member: {
          mode: 'set',
          set,
          index: 0,
          last: true,
          count: members.length,
          values: members.map((m) => ({ $ref: guid(m) })),
        },
      },
    });
  }

  /** End of a run over one Kafka partition. */
  async endRun(
    connector: 'corp' | 'entra',
    profile: 'full-import' | 'delta-import',
    options: {
      run?: string;
      sent?: number;
      complete?: boolean;
      startedAt?: string;
      failure?: { code: string; message: string };
    } = {},
  ): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 2)); // the run starts after whatever was decided before
    const at = new Date().toISOString();
    await this.deliver([
      {
        kind: 'marker',
        connector,
        partition: connector === 'corp' ? PARTITION : 'tenant',
        run: { id: options.run ?? randomUUID(), attempt: 1, profile },
        epoch: 1,
        kafkaPartition: connector === 'corp' ? 0 : 1,
        kafkaPartitions: 1,
        sent: options.sent ?? 0,
        objects: options.sent ?? 0,
        complete: options.complete ?? true,
        startedAt: options.startedAt ?? at,
        endedAt: at,
        ...(options.failure === undefined ? {} : { failure: options.failure }),
      },
    ]);
  }

  /** Both connectors have a complete full import: the baseline gate opens once everything is synchronized. */
  async baseline(): Promise<void> {
    const run = { id: 'first', attempt: 1, profile: 'full-import' as const };
    const known = await this.store.cs.find({ connector: 'corp' }).toArray();
    await this.deliver([
      {
        kind: 'seen',
        connector: 'corp',
        partition: PARTITION,
        run,
        index: 0,
        last: true,
        anchors: known.flatMap(({ anchor }) => anchor ?? []),
      },
    ]);
    await this.endRun('corp', 'full-import', { run: 'first', sent: 1 });
    await this.endRun('entra', 'full-import');
  }

  async sync(): Promise<void> {
    while ((await this.worker.chunk()) > 0);
  }

  /** Releases what may go and gives the new export messages. */
  async release(releaser = this.releaser): Promise<readonly ExportMessage[]> {
    while ((await releaser.tick()) > 0);
    const records = await this.store.outbox
      .find({ topic: /^adjoin\.exports\./ })
      .sort({ _id: 1 })
      .toArray();
    await this.store.outbox.deleteMany({ topic: /^adjoin\.exports\./ });
    return records.flatMap(({ records: part }) => part.map(({ json }) => JSON.parse(json) as ExportMessage));
  }

  async answer(results: readonly ResultMessage[]): Promise<void> {
    const messages = results.map((value) => ({
      key: value.objectId,
      value: Buffer.from(JSON.stringify(value)),
      offset: '0',
      headers: {},
    }));
    await this.results.handle([{ topic: 'adjoin.results.entra', partition: 0, messages }]);
  }

  /** Acknowledges exports as a target would. */
  async acknowledge(exports: readonly ExportMessage[]): Promise<void> {
    await this.answer(
      exports.map((message) => ({
        target: message.target,
        objectId: message.objectId,
        version: message.version,
        operation: message.operation,
        outcome: 'applied',
        cloudId: message.cloudId ?? `cloud-${message.objectId}`,
        at: new Date().toISOString(),
        references: Object.fromEntries(
          Object.entries(message.references ?? {}).map(([name, slice]) => [
            name,
            { added: slice.add.map(({ mv }) => mv), removed: slice.remove.map(({ mv }) => mv), failed: [] },
          ]),
        ),
      })),
    );
  }

  /** Synchronize, release and acknowledge until nothing moves. Gives all exports. */
  async settle(): Promise<readonly ExportMessage[]> {
    const all: ExportMessage[] = [];
    for (let round = 0; round < 20; round++) {
      await this.sync();
      const exports = await this.release();
      if (exports.length === 0) return all;
      all.push(...exports);
      await this.acknowledge(exports);
    }
    throw new Error('The engine does not come to rest.');
  }

  async apply(files: readonly StoredRuleFile[]): Promise<void> {
    await this.rules.activate(await loadRules(this.#config, files));
  }

  async set(key: string, value: string | number): Promise<void> {
    await this.store.db
      .collection<{ _id: string; value: unknown }>('settings')
      .updateOne({ _id: key }, { $set: { value } }, { upsert: true });
  }
}

export const guid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** objectGUID bytes in AD order, base64. */
export function guidBytes(text: string): string {
  const hex = text.replaceAll('-', '');
  const bytes = Buffer.from(hex, 'hex');
  return Buffer.concat([
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8),
  ]).toString('base64');
}
