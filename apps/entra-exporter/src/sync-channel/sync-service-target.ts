import { toSyncError, type ExportMessage, type ResultMessage } from '@adjoin/contracts';
import type { CompanyConfiguration, SyncService } from '@adjoin/sync-service';
import { failed, type Outcome } from '../export-run/outcome.js';
import type {
  ApplyContext,
  ApplyItem,
  ChannelCapabilities,
  DirectoryTarget,
  TargetReader,
  TenantSettings,
} from '../target/directory-target.js';
import { ObjectBatcher, type ObjectBatcherOptions, type Priority } from './object-batcher.js';
import { allDone, isReferenceMissing, outcomeOf } from './sync-outcome.js';
import { SyncReader } from './sync-reader.js';
import { toSyncObject } from './to-sync-object.js';

export interface SyncServiceTargetParts {
  readonly service: SyncService;
  /** How long to wait before what is not there yet is tried again, ms. */
  readonly windowMs: number;
  readonly batching?: Omit<ObjectBatcherOptions, 'service' | 'maxLinks' | 'beforeCall'> | undefined;
  /** Right before each call: brings the gate up to date. */
  readonly beforeCall?: (() => Promise<unknown>) | undefined;
  /** Time in ms since 1970. */
  readonly now?: (() => number) | undefined;
}
const PRIORITY: Readonly<Record<ExportMessage['lane'], Priority>> = { urgent: 0, normal: 1, bulk: 2 };
const CONFIGURATION_MS = 5 * 60_000;

/** The opt-in channel: the provisioning web service that Entra Connect uses. It holds every type and every attribute. */
export class SyncServiceTarget implements DirectoryTarget {
  readonly channel = 'sync-service';
  /** A create names its source anchor: the second one finds what the first one made. */
  readonly createsNeedIntent = false;
  readonly capabilities: ChannelCapabilities = {
    types: { user: 'all', group: 'all', contact: 'all', device: 'all' },
    passwordHashes: true,
  };
  readonly reader: TargetReader;
  readonly #service: SyncService;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #batcher: ObjectBatcher;
  #company: { readonly at: number; readonly value: CompanyConfiguration } | undefined;

  constructor({ service, windowMs, batching, beforeCall, now }: SyncServiceTargetParts) {
    this.#service = service;
    this.#windowMs = windowMs;
    this.#now = now ?? Date.now;
    this.reader = new SyncReader(service);
    this.#batcher = new ObjectBatcher({
      service,
      maxLinks: () => this.#company?.value.maxLinksPerBatch ?? 1000,
      beforeCall,
      ...batching,
    });
  }

  /** Objects that wait for a call. */
  get backlog(): number {
    return this.#batcher.backlog;
  }

  async prepare(): Promise<void> {
    await this.#configuration();
  }

  forget(): void {
    this.#company = undefined;
  }

  apply(items: readonly ApplyItem[], context: ApplyContext): readonly Promise<Outcome>[] {
    return items.map((item) => this.#applyOne(item, context));
  }

  async settings(): Promise<TenantSettings> {
    const { tenantId, initialDomain, isDirSyncing } = await this.#configuration();
    return { tenantId, initialDomain, isDirSyncing };
  }

  close(): void {
    this.#service.close();
  }

  async #configuration(): Promise<CompanyConfiguration> {
    const known = this.#company;
    if (known !== undefined && this.#now() - known.at < CONFIGURATION_MS) return known.value;
    const value = await this.#service.companyConfiguration();
    this.#company = { at: this.#now(), value };
    return value;
  }

  async #applyOne({ message, known }: ApplyItem, { admits }: ApplyContext): Promise<Outcome> {
    const admit = (): boolean => admits(message.epoch);
    try {
      const cloudId = message.cloudId ?? known.applied?.cloudId ?? undefined;
      // A change without a cloud anchor could make an object out of a part of its values.
      if (cloudId === undefined && message.operation === 'update') return { kind: 'missing' };
      const full = cloudId === undefined ? message : { ...message, cloudId };
      const write = toSyncObject(full);
      const delivery = await this.#batcher.submit(write.object, PRIORITY[message.lane], admit);
      if (isReferenceMissing(delivery) && hasMembers(message)) return await this.#divide(full, admit);
      const outcome = outcomeOf(full, delivery, this.#windowMs);
      const references = outcome.kind === 'applied' ? allDone(message) : undefined;
      return {
        ...outcome,
        unsupported: write.unsupported,
        ...(references === undefined ? {} : { references }),
      };
    } catch (cause) {
      return failed(toSyncError(cause));
    }
  }

  /** One member that the tenant does not have must not keep the others out: the object first, then halves of its members. */
  async #divide(message: ExportMessage, admit: () => boolean): Promise<Outcome> {
    const write = toSyncObject({ ...message, references: undefined });
    const own = outcomeOf(
      message,
      await this.#batcher.submit(write.object, PRIORITY[message.lane], admit),
      this.#windowMs,
    );
    if (own.kind !== 'applied' || own.cloudId === undefined) return own;
    const update: ExportMessage = { ...message, operation: 'update', cloudId: own.cloudId, attributes: {} };
    const references: NonNullable<ResultMessage['references']> = {};
    for (const [name, { add, remove }] of Object.entries(message.references ?? {})) {
      const result = { added: [], removed: [], failed: [] } satisfies NonNullable<ResultMessage['references']>[string];
      await this.#members(
        update,
        name,
        remove.map((member) => ({ member, add: false })),
        result,
        admit,
      );
      await this.#members(
        update,
        name,
        add.map((member) => ({ member, add: true })),
        result,
        admit,
      );
      references[name] = result;
    }
    return { ...own, unsupported: write.unsupported, references };
  }

  async #members(
    update: ExportMessage,
    name: string,
    part: readonly MemberChange[],
    result: NonNullable<ResultMessage['references']>[string],
    admit: () => boolean,
  ): Promise<void> {
    if (part.length === 0) return;
    const change = {
      add: part.filter(({ add }) => add).map(({ member }) => member),
      remove: part.filter(({ add }) => !add).map(({ member }) => member),
    };
    const { object } = toSyncObject({ ...update, references: { [name]: change } });
    const delivery = await this.#batcher.submit(object, PRIORITY[update.lane], admit);
    const outcome = outcomeOf(update, delivery, this.#windowMs);
    if (outcome.kind === 'applied') {
      result.added.push(...change.add.map(({ mv }) => mv));
      result.removed.push(...change.remove.map(({ mv }) => mv));
    } else if (isReferenceMissing(delivery) && part.length > 1) {
      const middle = Math.ceil(part.length / 2);
      await this.#members(update, name, part.slice(0, middle), result, admit);
      await this.#members(update, name, part.slice(middle), result, admit);
    } else {
      const code = outcome.error?.code ?? 'ADJ-EXP-3001';
      result.failed.push(...part.map(({ member: { mv } }) => ({ mv, code, retryable: outcome.kind !== 'failed' })));
    }
  }
}

interface MemberChange {
  readonly member: NonNullable<ExportMessage['references']>[string]['add'][number];
  readonly add: boolean;
}

const hasMembers = ({ references }: ExportMessage): boolean =>
  Object.values(references ?? {}).some(({ add, remove }) => add.length + remove.length > 0);
