import { GRAPH_CAPABILITIES, SyncError, type ConfirmRequest, type MatchingConfig } from '@adjoin/contracts';
import type { GraphApi, GraphBatcher } from '@adjoin/graph';
import { checkAbsence } from '../confirming-import/absence-check.js';
import { deltaImport } from '../confirming-import/delta-import.js';
import { fullImport, selectionOf } from '../confirming-import/full-import.js';
import type { ImportBase, ImportContext, ImportResult, ImportRun } from '../confirming-import/import-context.js';
import type { ImportCursor } from '../confirming-import/import-cursor.store.js';
import type { DirectoryLookup } from '../export-run/directory-lookup.js';
import { exportObject, type ExportContext } from '../export-run/export-object.js';
import type { Outcome } from '../export-run/outcome.js';
import type { ShadowStore } from '../state/shadow.store.js';
import type {
  ApplyContext,
  ApplyItem,
  ChannelCapabilities,
  DirectoryTarget,
  TargetReader,
  TenantSettings,
} from '../target/directory-target.js';
import type { PrivilegedUsers } from '../tenant/privileged-users.js';
import type { Tenant, TenantInfo } from '../tenant/tenant-info.js';

export interface GraphTargetParts {
  readonly api: GraphApi;
  readonly batcher: GraphBatcher;
  readonly lookup: DirectoryLookup;
  readonly tenant: Pick<TenantInfo, 'get' | 'forget'>;
  readonly shadows: Pick<ShadowStore, 'load'>;
  readonly tenantId: string;
  readonly matching: MatchingConfig;
  readonly privileged: Pick<PrivilegedUsers, 'has'>;
  /** Consistency window of the directory, ms. */
  readonly windowMs: number;
}

/** The default channel: Microsoft Graph. */
export class GraphTarget implements DirectoryTarget, TargetReader {
  readonly channel = 'graph';
  readonly createsNeedIntent = true;
  readonly capabilities: ChannelCapabilities = {
    types: Object.fromEntries(
      Object.entries(GRAPH_CAPABILITIES)
        .filter(([, names]) => names.length > 0)
        .map(([type, names]) => [type, new Set(names)]),
    ),
    passwordHashes: false,
  };
  readonly #parts: GraphTargetParts;
  #known: Tenant | undefined;

  constructor(parts: GraphTargetParts) {
    this.#parts = parts;
  }

  get reader(): TargetReader {
    return this;
  }

  async prepare(): Promise<void> {
    const { tenant, lookup, api } = this.#parts;
    const known = await tenant.get();
    await lookup.knowRecycleBin(api, known.anchorExtension);
    this.#known = known;
  }

  forget(): void {
    this.#parts.tenant.forget();
  }

  apply(items: readonly ApplyItem[], { admits, now }: ApplyContext): readonly Promise<Outcome>[] {
    const { api, batcher, lookup, windowMs, matching, privileged } = this.#parts;
    const tenant = this.#known;
    if (tenant === undefined) throw new SyncError('ADJ-GEN-0001', 'The tenant is not known yet.');
    const context: ExportContext = { api, batcher, lookup, tenant, windowMs, matching, privileged, admits, now };
    return items.map(({ message, known }) => exportObject(context, message, known));
  }

  async settings(): Promise<TenantSettings> {
    const { domains } = await this.#parts.tenant.get();
    return { tenantId: this.#parts.tenantId, initialDomain: domains.initial, isDirSyncing: undefined };
  }

  async canContinue({ links, select }: ImportCursor): Promise<boolean> {
    return links !== undefined && select === selectionOf(await this.#parts.tenant.get());
  }
  async full(base: ImportBase, run: ImportRun): Promise<ImportResult> {
    return fullImport(await this.#context(base), run);
  }
  async delta(base: ImportBase, run: ImportRun, requested: boolean): Promise<ImportResult> {
    return deltaImport(await this.#context(base), run, requested);
  }
  async confirmAbsence(base: ImportBase, request: ConfirmRequest, runId: string): Promise<void> {
    return checkAbsence(await this.#context(base), request, runId);
  }

  async #context(base: ImportBase): Promise<ImportContext> {
    const { api, batcher, shadows, lookup, tenant } = this.#parts;
    return { ...base, api, batcher, shadows, usersRemoved: () => lookup.noteRemovals(), tenant: await tenant.get() };
  }

  close(): void {
    this.#parts.api.close();
  }
}
