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
/** Types that go to the recycle bin; of groups only those of Microsoft 365 (operations/graph-export.md section 8). */
type RecycledType = 'user' | 'group';
type Keyed = Pick<ExportMessage, 'objectType' | 'sourceAnchor'>;

/** Finds objects by source anchor: in the directory and in the recycle bin. */
export class DirectoryLookup {
  readonly #batcher: GraphBatcher;
  /** Users and groups in the recycle bin, known from its listing and from our own deletes: type and source anchor → id. */
  readonly #recycled = new Map<string, string>();
  #binReadAt = Number.NEGATIVE_INFINITY;
  #binStale = true;
  #reading: Promise<void> | undefined;

  constructor(batcher: GraphBatcher) {
    this.#batcher = batcher;
  }

  /** Somebody deleted users or groups: the listing of the recycle bin is to be read again (at most once a minute). */
  noteRemovals(): void {
    this.#binStale = true;
  }

  /**
   * Reads the recycle bin when it may have changed, so that nothing is created beside a deleted object of the same anchor.
   * @throws coded errors of Graph; nothing may be created before it has been read once.
   */
  async knowRecycleBin(api: GraphApi, anchorExtension: string, now = Date.now()): Promise<void> {
    if (!this.#binStale || now - this.#binReadAt < BIN_MS) return;
    this.#reading ??= Promise.all([
      this.#readBin(api, 'user', 'onPremisesImmutableId'),
      this.#readBin(api, 'group', anchorExtension),
    ])
      .then(() => {
        this.#binReadAt = now;
        this.#binStale = false;
      })
      .finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #readBin(api: GraphApi, type: RecycledType, property: string): Promise<void> {
    let link: string | undefined = `/directory/deletedItems/microsoft.graph.${type}?$select=id,${property}&$top=500`;
    while (link !== undefined) {
      const page = (await api.must('GET', link, 'Reading the recycle bin')) as {
        value?: readonly Record<string, unknown>[];
        '@odata.nextLink'?: string;
      };
      for (const object of page.value ?? []) {
        const anchor = object[property];
        if (typeof anchor === 'string') this.#recycled.set(`${type} ${anchor}`, String(object['id']));
      }
      link = page['@odata.nextLink'];
    }
  }

  /** An object that was seen going to the recycle bin. */
  recycled({ objectType, sourceAnchor }: Keyed): string | undefined {
    return this.#recycled.get(`${objectType} ${sourceAnchor}`);
  }
  /** A security group is gone for good, which its restore will show. */
  noteDeleted({ objectType, sourceAnchor }: Keyed, cloudId: string): void {
    if (objectType === 'user' || objectType === 'group') this.#recycled.set(`${objectType} ${sourceAnchor}`, cloudId);
  }
  noteRestored({ objectType, sourceAnchor }: Keyed): void {
    this.#recycled.delete(`${objectType} ${sourceAnchor}`);
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
