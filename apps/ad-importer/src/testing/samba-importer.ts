import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSyncError, type AdConnectorConfig, type SyncError } from '@adjoin/contracts';
import { createLogger } from '@adjoin/shared';
import { CursorStore } from '../cursor/cursor-store.js';
import { openSession, type DirectorySession, type SessionOptions } from '../directory/directory-session.js';
import { PartitionImport } from '../import-run/partition-import.js';
import { RunStore } from '../import-run/run-store.js';
import { ImportIndex } from '../index-store/import-index.js';
import { SequenceSource } from '../publish/change-publisher.js';
import { importMetrics } from '../telemetry.js';
import { memoryDb } from './memory-db.js';
import { Receiver } from './receiver.js';
import { sambaConnector } from './samba-connector.js';

export interface SambaAccount {
  readonly dn: string;
  readonly password: string;
}

/** The forest of the integration tests, as its description says. */
export interface SambaForest {
  readonly domain: string;
  readonly netbios: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  readonly sync: SambaAccount;
  readonly plain: SambaAccount;
  readonly admin: SambaAccount;
}

const INCLUSION = { user: ['displayName', 'mail', 'ms-DS-ConsistencyGuid'], group: ['displayName'] };

/** An importer of a real domain that publishes to a receiver and keeps what it stores in memory; a session for each read. */
export class SambaImporter {
  readonly receiver = new Receiver();
  /** Called when a session is open and the import begins. */
  onOpened: () => void = () => undefined;
  readonly #config: AdConnectorConfig;
  readonly #partition: string;
  readonly #limits: SessionOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'adjoin-importer-'));
  readonly #db = memoryDb();
  readonly #signal = new AbortController().signal;
  readonly #log = createLogger('test', 'silent');
  #stores: { readonly cursor: CursorStore; readonly index: ImportIndex; readonly sequence: SequenceSource } | undefined;
  /** Reading it takes the forest longer than most of what is tested. */
  #schema: DirectorySession['schema'] | undefined;
  #runs = 0;

  /** `ou` is the scope; `changes` override the configuration. */
  constructor(
    forest: SambaForest,
    ou: string,
    {
      account = forest.sync,
      changes = {},
      limits = {},
    }: { account?: SambaAccount; changes?: Partial<AdConnectorConfig>; limits?: SessionOptions } = {},
  ) {
    this.#partition = forest.baseDn;
    this.#limits = limits;
    writeFileSync(join(this.#folder, 'password'), account.password, { mode: 0o600 });
    this.#config = sambaConnector(forest, {
      bindDn: account.dn,
      passwordFile: join(this.#folder, 'password'),
      scope: { include: [ou], exclude: [] },
      ...changes,
    });
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** As after the end of the process: only what was stored is still known. */
  restart(): void {
    this.#stores = undefined;
  }

  /** A full import, and the confirmations that the engine asks for after a complete one. */
  full(): Promise<SyncError | undefined> {
    this.#runs += 1;
    const run = { id: `run${String(this.#runs)}`, profile: 'full-import', attempt: 1 } as const;
    return this.#read(async (imports) => {
      await imports.full({ ...run, acceptFewer: false });
      const anchors = this.receiver.absent(this.#partition);
      if (anchors.length > 0) await imports.confirm({ connector: 'corp', partition: this.#partition, run, anchors });
    });
  }

  delta(): Promise<SyncError | undefined> {
    return this.#read((imports) => imports.delta(undefined));
  }

  /** Resolves to the error that the read ended with, if any. */
  async #read(work: (imports: PartitionImport) => Promise<void>): Promise<SyncError | undefined> {
    const [config, partition, signal, log] = [this.#config, this.#partition, this.#signal, this.#log];
    let session: DirectorySession | undefined;
    try {
      this.#stores ??= await this.#open();
      session = await openSession(config, partition, signal, { ...this.#limits, schema: this.#schema });
      this.#schema = session.schema;
      this.onOpened();
      const publishing = { producer: this.receiver, topic: 'changes', kafkaPartitions: 1 };
      const runs = new RunStore(this.#db, config.name, partition, 1);
      const metrics = importMetrics({ connector: config.name, partition }, () => undefined);
      const onRead = (): void => undefined;
      const options = { ...this.#stores, config, partition, session, publishing, runs, metrics, log, signal, onRead };
      await work(await PartitionImport.open(options, INCLUSION));
      return undefined;
    } catch (error) {
      return toSyncError(error);
    } finally {
      await session?.close();
    }
  }

  async #open() {
    const [name, partition] = [this.#config.name, this.#partition];
    const lease = { name: 'l', epoch: 1, signal: this.#signal, release: () => Promise.resolve() };
    const cursor = await CursorStore.open(this.#db, name, partition, lease);
    return {
      cursor,
      index: await ImportIndex.load(this.#db, name, partition),
      sequence: new SequenceSource(cursor.epoch),
    };
  }
}
