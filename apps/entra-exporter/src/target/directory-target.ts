import type { ConfirmRequest, EntraConnectorConfig, ExportMessage } from '@adjoin/contracts';
import type { ImportBase, ImportResult, ImportRun } from '../confirming-import/import-context.js';
import type { ImportCursor } from '../confirming-import/import-cursor.store.js';
import type { Outcome } from '../export-run/outcome.js';
import type { Applied } from '../state/applied.store.js';
import type { Intent } from '../state/intent.store.js';

/** What was stored about the object before this batch. */
export interface Known {
  /** An intent of an earlier delivery: the create may have happened. */
  readonly intent: Intent | undefined;
  readonly applied: Applied | undefined;
}
export interface ApplyItem {
  readonly message: ExportMessage;
  readonly known: Known;
}
export interface ApplyContext {
  /** Asked right before something is sent: is what was released under this gate epoch still allowed? */
  readonly admits: (epoch: number) => boolean;
  /** Time in ms since 1970. */
  readonly now: () => number;
}

/** What a channel can hold: attribute names of the Entra connector space by object type; a type that is missing cannot be held. */
export interface ChannelCapabilities {
  readonly types: Readonly<Record<string, ReadonlySet<string> | 'all'>>;
  readonly passwordHashes: boolean;
}

/** What the tenant says about itself, as far as the channel shows it. */
export interface TenantSettings {
  readonly tenantId: string;
  readonly initialDomain: string | undefined;
  /** Directory synchronization is on; undefined when the channel does not say. */
  readonly isDirSyncing: boolean | undefined;
}

/** Reads the tenant back. Every run ends with a marker on every partition of the topic of changes. */
export interface TargetReader {
  /** Can a delta read go on from what the cursor holds? Else a full read is due. */
  canContinue(cursor: ImportCursor): Promise<boolean>;
  /** Reads everything. Absence may be concluded only from a result that is complete. */
  full(base: ImportBase, run: ImportRun): Promise<ImportResult>;
  /** @param requested markers are sent also when nothing changed. @throws ADJ-EXP-3009 when the position expired: a full read is due */
  delta(base: ImportBase, run: ImportRun, requested: boolean): Promise<ImportResult>;
  /** Answers whether objects that a full read did not show are gone. */
  confirmAbsence(base: ImportBase, request: ConfirmRequest, runId: string): Promise<void>;
}

/** One way to write to and read from a tenant (DESIGN section 7). Both channels pass one contract suite (directory-target.contract.ts). */
export interface DirectoryTarget {
  readonly channel: EntraConnectorConfig['channel'];
  readonly capabilities: ChannelCapabilities;
  /** A create that is sent twice makes two objects: it needs a durable intent before it is sent. */
  readonly createsNeedIntent: boolean;
  readonly reader: TargetReader;
  /** Reads what has to be known of the tenant before a batch. Rejects with coded errors; nothing may be applied then. */
  prepare(): Promise<void>;
  /** What is known of the tenant is out of date. */
  forget(): void;
  /**
   * Applies a batch of exports; call it after {@link prepare}. One promise for each, in the same order; none rejects: what goes wrong with an
   * object is its outcome, and says nothing about the others.
   */
  apply(items: readonly ApplyItem[], context: ApplyContext): readonly Promise<Outcome>[];
  settings(): Promise<TenantSettings>;
  close(): void;
}
