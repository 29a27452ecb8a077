import type { ReferenceChange, ReferenceTarget } from '@adjoin/contracts';
import { MAX_REFERENCES_PER_MESSAGE } from '@adjoin/contracts';
import type { RawEntry } from '@adjoin/ad-ldap';
import { rawAttribute } from '@adjoin/ad-ldap';
import { CONTAINER } from '@adjoin/ad-ldap';
import { identifyEntry, translateEntry, type EntryIdentity, type LinkValues } from '../object/entry-translation.js';
import type { IndexEntry } from '../index-store/import-index.js';
import { referenceChunks } from '../publish/change-publisher.js';
import type { ImportContext } from './import-context.js';
import { publishDelete } from './object-reader.js';

/** What a page leaves to be settled when it has been read: these need reads of their own. */
export interface PageRest {
  /** Objects that may have entered or left the scope, or are not known: read by GUID. DN as the page had it. */
  readonly candidates: Map<string, string>;
  /** Containers that were renamed or moved: their subtree may lie elsewhere now. */
  readonly movedContainers: Set<string>;
  /** Containers that are new: others may be moved into them, in the scope or out of it. */
  readonly newContainers: Set<string>;
}

export const newPageRest = (): PageRest => ({
  candidates: new Map(),
  movedContainers: new Set(),
  newContainers: new Set(),
});

/** Takes one DirSync entry: publishes what it says if the object is known and stays in scope, notes everything else in `rest`. */
export async function takeDeltaEntry(context: ImportContext, entry: RawEntry, rest: PageRest): Promise<void> {
  const identity = identifyEntry(entry);
  const known = context.index.get(identity.guid);
  context.met.add(identity.guid);
  if (identity.deleted) {
    if (known?.inScope === true) await publishDelete(context, identity.guid, 'tombstone');
    context.index.delete(identity.guid);
    return;
  }
  if (known === undefined && identity.type === undefined && rawAttribute(entry, 'objectClass') !== undefined) return;
  const isContainer = (known?.type ?? identity.type) === CONTAINER;
  if (isContainer && known !== undefined && hasMoved(identity, known)) rest.movedContainers.add(identity.guid);
  // Classes are sent for a new object only. One that is known all the same left for another domain and came back.
  const typeChanged =
    rawAttribute(entry, 'objectClass') !== undefined &&
    (identity.type !== known?.type || context.config.domains.length > 1);
  if (known === undefined || !known.inScope || typeChanged || !staysInScope(context, identity, known)) {
    rest.candidates.set(identity.guid, identity.dn);
    if (known === undefined && isContainer) rest.newContainers.add(identity.guid);
    return;
  }
  await publishDelta(context, entry, identity, known);
}

export const hasMoved = (identity: EntryIdentity, known: IndexEntry): boolean =>
  identity.rdn !== known.rdn || (identity.parent !== undefined && identity.parent !== known.parent);

function staysInScope(context: ImportContext, identity: EntryIdentity, known: IndexEntry): boolean {
  return context.scope.includes(identity.dn) || (known.type === CONTAINER && context.scope.isPlaceholder(identity.dn));
}

async function publishDelta(
  context: ImportContext,
  entry: RawEntry,
  identity: EntryIdentity,
  known: IndexEntry,
): Promise<void> {
  const { attributes, links } = translateEntry(entry, known.type, context.plan, context.session.schema);
  // DirSync repeats it with every entry; it never changes.
  delete attributes['objectGUID'];
  const chunks = Object.entries(links).flatMap(([name, values]) => deltaReferences(context, name, values));
  const [first, ...others] = chunks;
  const placed = identity.named
    ? {
        rdn: known.parent === null ? identity.dn : identity.rdn,
        dn: identity.dn,
        ...(identity.parent === undefined || known.parent === null ? {} : { parent: identity.parent }),
      }
    : {};
  if (Object.keys(attributes).length > 0 || first !== undefined || identity.named) {
    const common = {
      anchor: identity.guid,
      op: 'delta',
      objectType: known.type,
      readStartedAt: context.readStartedAt,
    } as const;
    await context.publisher.change({
      ...common,
      ...placed,
      attributes,
      ...(first === undefined ? {} : { references: first }),
    });
    context.counters.published += 1;
    for (const references of others) await context.publisher.more({ ...common, references });
  }
  if (identity.named) {
    const parent = known.parent === null ? null : (identity.parent ?? known.parent);
    context.index.set(identity.guid, { ...known, rdn: identity.rdn, parent });
  }
}

/** Reference changes of one attribute, cut so that each message stays within the limit. */
function deltaReferences(context: ImportContext, name: string, values: LinkValues): Record<string, ReferenceChange>[] {
  if (values.mode === 'change') {
    const cut = (targets: readonly ReferenceTarget[], kind: 'add' | 'remove'): Record<string, ReferenceChange>[] =>
      targets.length === 0
        ? []
        : referenceChunks(targets).map((chunk) => ({
            [name]: { mode: 'change', add: kind === 'add' ? chunk : [], remove: kind === 'remove' ? chunk : [] },
          }));
    if (values.add.length + values.remove.length > MAX_REFERENCES_PER_MESSAGE)
      return [...cut(values.remove, 'remove'), ...cut(values.add, 'add')];
    return [{ [name]: { mode: 'change', add: values.add, remove: values.remove } }];
  }
  const chunks = referenceChunks(values.values);
  const set = context.publisher.newSetId();
  return chunks.map((chunk, index) => ({
    [name]: { mode: 'set', set, index, last: index === chunks.length - 1, count: values.values.length, values: chunk },
  }));
}
