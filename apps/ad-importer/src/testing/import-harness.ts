import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSyncError, type AdConnectorConfig, type SyncError } from '@adjoin/contracts';
import type { Db, Lease, Logger } from '@adjoin/shared';
import { FakeDirectory, type DirectoryState } from '@adjoin/testing';
import { CursorStore } from '../cursor/cursor-store.js';
import { openSession } from '../directory/directory-session.js';
import { PartitionImport } from '../import-run/partition-import.js';
import { RunStore } from '../import-run/run-store.js';
import { ImportIndex } from '../index-store/import-index.js';
import { SequenceSource } from '../publish/change-publisher.js';
import { importMetrics } from '../telemetry.js';
import { memoryDb } from './memory-db.js';
import { Receiver } from './receiver.js';

const INCLUSION = { user: ['displayName', 'mail'], group: ['displayName'] };

/** An importer of one domain between a fake domain controller and a receiver; what it stores is kept in memory. */
export class ImportHarness {
  readonly receiver: Receiver;
  directory: FakeDirectory;
  /** Importers of the other domains of the forest, with the same receiver and the same database. */
  siblings: readonly ImportHarness[] = [];
  /** Further domain controllers of this domain, after {@link directory}. */
  replicas: readonly FakeDirectory[] = [];
  objectTypes: readonly string[] = ['user', 'group'];
  scope: AdConnectorConfig['scope'] = { include: [], exclude: [] };
  readMode: AdConnectorConfig['readMode'] = 'dirsync';
  /** What the last read ended with. */
  failure: SyncError | undefined;
  pageSize = 10;
  readonly #db: Db;
  readonly #folder = mkdtempSync(join(tmpdir(), 'adjoin-import-'));
  readonly #lines: Record<string, unknown>[] = [];
  readonly #log = recordingLog(this.#lines);
  #stores: { readonly cursor: CursorStore; readonly index: ImportIndex; readonly sequence: SequenceSource } | undefined;
  #runs = 0;

  private constructor(directory: FakeDirectory, receiver = new Receiver(), db = memoryDb()) {
    this.directory = directory;
    this.receiver = receiver;
    this.#db = db;
    this.setPassword('pass');
  }

  static async start(): Promise<ImportHarness> {
    return new ImportHarness(await FakeDirectory.start());
  }

  /** A forest of two domains: the first, and a child of it. */
  static async startForest(): Promise<readonly [ImportHarness, ImportHarness]> {
    const root = await ImportHarness.start();
    const child = await FakeDirectory.start('DC=child,DC=fake,DC=test');
    const below = new ImportHarness(child, root.receiver, root.#db);
    root.siblings = [below];
    below.siblings = [root];
    return [root, below];
  }

  setPassword(password: string): void {
    writeFileSync(join(this.#folder, 'password'), password, { mode: 0o600 });
  }

  get state(): DirectoryState {
    return this.directory.state;
  }

  stop(): void {
    for (const directory of [this.directory, ...this.replicas]) directory.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** As after the end of the process: only what was stored is still known. */
  restart(): void {
    this.#stores = undefined;
  }

  /** The last line of the log with this event. */
  logged(event: string): Record<string, unknown> | undefined {
    return this.#lines.findLast((line) => line['event'] === event);
  }

  full({ acceptFewer = false } = {}): Promise<string | undefined> {
    this.#runs += 1;
    const due = {
      id: `${this.state.domain}-run${String(this.#runs)}`,
      profile: 'full-import',
      attempt: 1,
      acceptFewer,
    } as const;
    return this.#withImport(async (imports) => {
      await imports.full(due);
      const absent = this.receiver.absent(this.state.domain);
      if (absent.length > 0)
        await imports.confirm({
          connector: 'corp',
          partition: this.state.domain,
          run: { id: due.id, attempt: 1, profile: 'full-import' },
          anchors: absent,
        });
    });
  }

  delta(): Promise<string | undefined> {
    return this.#withImport((imports) => imports.delta(undefined));
  }

  /** Deltas over one session, each after a change; so many, or fewer when that is enough. */
  deltas(
    rounds: number,
    change: (round: number) => void | Promise<void>,
    isEnough = (): boolean => false,
  ): Promise<string | undefined> {
    return this.#withImport(async (imports) => {
      for (let round = 0; round < rounds && !isEnough(); round += 1) {
        await change(round);
        await imports.delta(undefined);
      }
    });
  }

  /** Why the importer would begin a full import now. */
  async fullImportReason(): Promise<string | undefined> {
    let reason: string | undefined;
    await this.#withImport((imports) => Promise.resolve(void (reason = imports.fullImportReason())));
    return reason;
  }

  /** Returns the code of the error, if it ended with one. A session is opened for each read, as after a failure. */
  async #withImport(work: (imports: PartitionImport) => Promise<void>): Promise<string | undefined> {
    const config = this.#config();
    const { signal } = new AbortController();
    const partition = this.state.domain;
    this.#stores ??= await this.#open(partition);
    const publishing = { producer: this.receiver, topic: 'changes', kafkaPartitions: 2 };
    const runs = new RunStore(this.#db, config.name, partition, config.domains.length);
    const metrics = importMetrics({ connector: 'corp', partition }, () => undefined);
    let session: Awaited<ReturnType<typeof openSession>> | undefined;
    try {
      const before = this.#stores.cursor.current.server;
      session = await openSession(config, partition, signal, { pageSize: this.pageSize, before });
      const options = {
        config,
        partition,
        session,
        ...this.#stores,
        publishing,
        runs,
        metrics,
        log: this.#log,
        signal,
        onRead: () => undefined,
      };
      await work(await PartitionImport.open(options, INCLUSION));
      return undefined;
    } catch (error) {
      this.failure = toSyncError(error);
      return this.failure.code;
    } finally {
      await session?.close();
    }
  }

  async #open(partition: string) {
    const lease: Lease = {
      name: 'l',
      epoch: 1,
      signal: new AbortController().signal,
      release: () => Promise.resolve(),
    };
    const cursor = await CursorStore.open(this.#db, 'corp', partition, lease);
    return {
      cursor,
      index: await ImportIndex.load(this.#db, 'corp', partition),
      sequence: new SequenceSource(cursor.epoch),
    };
  }

  #config(): AdConnectorConfig {
    return {
      name: 'corp',
      type: 'ad',
      id: '11111111-1111-1111-1111-111111111111',
      enabled: true,
      forest: 'fake.test',
      netbios: 'FAKE',
      servers: [this, ...this.siblings].flatMap(({ directory, replicas }) =>
        [directory, ...replicas].map(({ url }) => url),
      ),
      startTls: false,
      tls: {},
      bindDn: 'sync@fake.test',
      passwordFile: join(this.#folder, 'password'),
      domains: [this, ...this.siblings].map(({ state }) => ({ dn: state.domain, fqdn: 'fake.test', netbios: 'FAKE' })),
      scope: this.scope,
      objectTypes: [...this.objectTypes],
      readMode: this.readMode,
      pollSeconds: 1,
    };
  }
}

/** Keeps the fields of every line. */
function recordingLog(lines: Record<string, unknown>[]): Logger {
  const write = (fields: Record<string, unknown>): void => void lines.push(fields);
  const log = { trace: write, debug: write, info: write, warn: write, error: write, child: () => log };
  return log as unknown as Logger;
}
