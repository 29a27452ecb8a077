import { stageImport, type AttributeChanges, type AttributeValue } from '@adjoin/engine';
import type { ObjectChange } from '@adjoin/contracts';
import { importedId, toCsObject, type CsDocument, fromWire } from '@adjoin/spaces';
import type { ContainerCache } from './container-cache.js';
import { isNewer } from './departed.js';
import { refutationOf } from './not-reimported.js';

export interface StagingContext {
  readonly containers: ContainerCache;
  readonly refId: (connector: string, anchor: string) => string;
  readonly consistencyMs: (connector: string) => number;
  readonly isTarget: (connector: string) => boolean;
  readonly now: Date;
}

export interface AppliedChange {
  readonly document: CsDocument;
  /** A container got another name or parent: the DNs below it change. */
  readonly containerMoved: boolean;
}

/**
 * One change laid over one stored object. Undefined when there is nothing to do: an older version, a delete or delta of an unknown object or by a
 * partition that does not own the object. The result is the same document when the change says nothing new.
 */
export function applyChange(
  current: CsDocument | undefined,
  change: ObjectChange,
  context: StagingContext,
): AppliedChange | undefined {
  if (current === undefined && change.op !== 'whole') return undefined;
  if (current?.ver !== undefined && current.partition === change.partition && !isNewer(change.version, current.ver))
    return undefined;
  // Only an object that is reported as a whole moves to another domain: what its old domain still says of it is too late.
  if (change.op !== 'whole' && current !== undefined && current.partition !== change.partition) return undefined;
  return change.placeholder === true || current?.state === 'placeholder'
    ? applyContainer(current, change, context)
    : applyObject(current, change, context);
}

function applyContainer(current: CsDocument | undefined, change: ObjectChange, context: StagingContext): AppliedChange {
  const { connector, anchor } = change;
  const rdn = change.rdn ?? current?.rdn;
  const parent = change.parent === undefined ? current?.parent : (change.parent ?? undefined);
  if (change.op === 'delete' && current !== undefined) {
    context.containers.delete(connector, anchor);
    return { document: { ...current, importedDelete: true, ver: change.version }, containerMoved: false };
  }
  if (rdn !== undefined) context.containers.set(connector, anchor, rdn, parent);
  const dn = context.containers.dnOf(connector, anchor) ?? change.dn ?? current?.dn ?? '';
  if (current !== undefined && current.rdn === rdn && current.parent === parent && !current.importedDelete) {
    return { document: current, containerMoved: false };
  }
  const document: CsDocument = {
    _id: current?._id ?? importedId(connector, anchor),
    connector,
    anchor,
    type: change.objectType ?? current?.type ?? 'container',
    dn,
    rdn,
    parent,
    partition: change.partition,
    state: 'placeholder',
    imported: {},
    importedDelete: false,
    rules: [],
    ver: change.version,
  };
  return { document, containerMoved: current === undefined || current.rdn !== rdn || current.parent !== parent };
}

function applyObject(current: CsDocument | undefined, change: ObjectChange, context: StagingContext): AppliedChange {
  const { connector, anchor } = change;
  const rdn = change.rdn ?? current?.rdn;
  const parent = change.parent === undefined ? current?.parent : (change.parent ?? undefined);
  const dn = context.isTarget(connector)
    ? (targetDn(change) ?? current?.dn ?? `CN={${anchor}}`)
    : context.containers.objectDn(connector, rdn, parent, change.dn ?? current?.dn ?? '');
  const acknowledged = current?.acknowledgedAt?.getTime();
  const canRefute =
    acknowledged === undefined || Date.parse(change.readStartedAt) > acknowledged + context.consistencyMs(connector);
  const staged = stageImport(
    current === undefined ? undefined : toCsObject(withoutEscrow(current)),
    {
      id: current?._id ?? importedId(connector, anchor),
      connector,
      anchor,
      type: change.objectType ?? current?.type ?? 'user',
      dn,
      partition: change.partition,
      mode: change.op,
      attributes: toAttributes(change, (ref) => context.refId(connector, ref)),
    },
    { canRefute },
  );
  if (
    staged.modification === 'none' &&
    staged.confirmed.length === 0 &&
    staged.refuted.length === 0 &&
    current !== undefined &&
    current.rdn === rdn &&
    current.parent === parent
  ) {
    return { document: current, containerMoved: false };
  }
  const object = staged.object;
  const due = current === undefined || staged.modification !== 'none' || staged.refuted.length > 0;
  const document: CsDocument = {
    ...(current ?? { _id: object.id, connector, rules: [] }),
    type: object.type,
    anchor,
    dn,
    rdn,
    parent,
    partition: change.partition,
    state: object.state,
    imported: object.imported,
    counts: object.counts,
    unconfirmed: object.unconfirmed,
    importedDelete: object.importedDelete,
    leftScope: change.op === 'delete' && change.reason === 'left-scope' ? true : undefined,
    ver: change.version,
    lastRun: change.run.id,
    refuted: refutationOf(current, staged, context.now),
  };
  if (object.unconfirmed === undefined) delete document.acknowledgedAt;
  if (due) {
    document.dirtyAt = context.now;
    document.dirtyReason = 'import';
  }
  return { document, containerMoved: false };
}

/** DN of a target object that carries a source anchor: `CN={` + upper-case hex of its UTF-8 bytes + `}` (engine/architecture.md §1). */
export function targetDn(change: ObjectChange): string | undefined {
  const sourceAnchor = change.attributes?.['sourceAnchor'];
  return typeof sourceAnchor === 'string'
    ? `CN={${Buffer.from(sourceAnchor, 'utf8').toString('hex').toUpperCase()}}`
    : undefined;
}

/** The escrow is neither confirmed nor refuted by an import: it has not been acknowledged. */
function withoutEscrow(document: CsDocument): CsDocument {
  return document.escrow === undefined ? document : { ...document, escrow: undefined };
}

function toAttributes(change: ObjectChange, refId: (anchor: string) => string): AttributeChanges {
  const attributes: Record<string, AttributeValue | null> = {};
  for (const [name, value] of Object.entries(change.attributes ?? {}))
    attributes[name] = value === null ? null : fromWire(value, refId);
  return attributes;
}
