import type { GraphApi, GraphBatcher } from '@adjoin/graph';
import type { Logger } from '@adjoin/shared';
import type { ShadowStore } from '../state/shadow.store.js';
import type { ExporterMetrics } from '../telemetry.js';
import type { Tenant } from '../tenant/tenant-info.js';
import type { PublisherTarget, Sequence } from './change-publisher.js';
import type { ImportCursorStore } from './import-cursor.store.js';

/** What a run of the confirming import works with, as long as the lease is held. */
export interface ImportContext extends ImportBase {
  readonly api: GraphApi;
  readonly batcher: GraphBatcher;
  readonly tenant: Tenant;
  readonly shadows: Pick<ShadowStore, 'load'>;
  /** Users went to the recycle bin. */
  readonly usersRemoved: () => void;
}

/** What every channel's runs work with. */
export interface ImportBase {
  readonly target: PublisherTarget;
  readonly sequence: Sequence;
  readonly cursor: ImportCursorStore;
  readonly metrics: ExporterMetrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Ids whose first appearance was reported by this process, with the time; see delta-import.ts. */
  readonly reported: Map<string, number>;
}

/** A run attempt to execute. */
export interface ImportRun {
  readonly id: string;
  readonly attempt: number;
  /** The operator confirms that so many objects are gone (ADJ-IMP-1012). */
  readonly acceptFewer: boolean;
}
export interface ImportResult {
  readonly objects: number;
  readonly messages: number;
  readonly complete: boolean;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}
