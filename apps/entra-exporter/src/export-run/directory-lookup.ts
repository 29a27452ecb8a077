import { SyncError, type ExportMessage } from '@adjoin/contracts';
import type { GraphApi, GraphBatcher } from '@adjoin/graph';
import { GRAPH_RESOURCE } from '../mapping/from-graph.js';
import type { Tenant } from '../tenant/tenant-info.js';
import { fromReply, type Outcome } from './outcome.js';

export type Found =
  | { readonly kind: 'found'; readonly cloudId: string }
  | { readonly kind: 'recycled'; readonly cloudId: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'several' }
  | { readonly kind: 'unclear'; readonly outcome: Outcome };

const BIN_MS = 60_000;

/** Finds objects by source anchor: in the directory, and users in the recycle bin. */
export class DirectoryLookup {
  readonly #batcher: GraphBatcher;
  /** Anchors of users in the recycle bin, known from its listing and from our own deletes: source anchor → id. */
  readonly #recycled = new Map<string, string>();
  #binReadAt = Number.NEGATIVE_INFINITY;
  #binStale = true;
  #reading: Promise<void> | undefined;

  constructor(batcher: GraphBatcher) {
    this.#batcher = batcher;
  }

  /** Somebody deleted users: the listing of the recycle bin is to be read again (at most once a minute). */
  noteRemovals(): void {
    this.#binStale = true;
  }

  /**
   * Reads the recycle bin when it may have changed, so that a new user is not created beside a deleted one of the same anchor.
   * @throws coded errors of Graph; nothing may be created before it has been read once.
   */
  async knowRecycleBin(api: GraphApi, now = Date.now()): Promise<void> {
    if (!this.#binStale || now - this.#binReadAt < BIN_MS) return;
    this.#reading ??= this.#readBin(api)
      .then(() => {
        this.#binReadAt = now;
        this.#binStale = false;
      })
      .finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #readBin(api: GraphApi): Promise<void> {
    let link: string | undefined =
      '/directory/deletedItems/microsoft.graph.user?$select=id,onPremisesImmutableId&$top=500';
    while (link !== undefined) {
      const page = (await api.must('GET', link, 'Reading the recycle bin')) as {
        value?: readonly Record<string, unknown>[];
        '@odata.nextLink'?: string;
      };
      for (const { id, onPremisesImmutableId: anchor } of page.value ?? [])
        if (typeof anchor === 'string') this.#recycled.set(anchor, String(id));
      link = page['@odata.nextLink'];
    }
  }

  /** A user with this anchor that was seen going to the recycle bin. */
  recycled(anchor: string): string | undefined {
    return this.#recycled.get(anchor);
  }
  noteDeleted(anchor: string, cloudId: string): void {
    this.#recycled.set(anchor, cloudId);
  }
  noteRestored(anchor: string): void {
    this.#recycled.delete(anchor);
  }

  async find(message: ExportMessage, tenant: Tenant, windowMs: number): Promise<Found> {
    const { objectType, sourceAnchor } = message;
    const property = objectType === 'user' ? 'onPremisesImmutableId' : tenant.anchorExtension;
    const query = `$filter=${encodeURIComponent(`${property} eq '${sourceAnchor.replaceAll("'", "''")}'`)}&$select=id`;
    const urls = [
      `/${GRAPH_RESOURCE[objectType]}?${query}`,
      ...(objectType === 'user' ? [`/directory/deletedItems/microsoft.graph.user?${query}`] : []),
    ];
    const units = await Promise.all(
      urls.map((url) => this.#batcher.submit({ calls: [{ method: 'GET', url }], repeatable: true, priority: 0 })),
    );
    const ids: (readonly string[])[] = [];
    for (const [reply] of units) {
      if (reply?.kind !== 'answer' || reply.status !== 200)
        return {
          kind: 'unclear',
          outcome: { ...fromReply(reply, 'Looking for the source anchor', windowMs), open: true, waited: true },
        };
      ids.push(((reply.body as { value?: readonly { id: string }[] }).value ?? []).map((object) => object.id));
    }
    const [active = [], deleted = []] = ids;
    if (active.length > 1) return { kind: 'several' };
    if (active[0] !== undefined) return { kind: 'found', cloudId: active[0] };
    if (deleted[0] !== undefined) return { kind: 'recycled', cloudId: deleted[0] };
    return { kind: 'none' };
  }
}

export const severalError = (message: ExportMessage): SyncError =>
  new SyncError(
    'ADJ-EXP-3010',
    `Several ${message.objectType}s in the tenant carry the source anchor ${message.sourceAnchor}.`,
    { object: message.objectId },
  );
