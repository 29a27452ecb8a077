import type { AttributeValue, Attributes } from '../attribute/value.js';

/** Attribute-level changes: a value replaces the attribute, `null` removes it. */
export type AttributeChanges = Readonly<Record<string, AttributeValue | null>>;

/** How a connector-space object came to its metaverse object (architecture.md §2.2). */
export interface CsLink {
  readonly mv: string;
  readonly action: 'project' | 'join' | 'provision';
  /** Id of the rule that made the link. */
  readonly rule: string;
  /**
   * Id of the outbound Provision rule that holds the link, whether it made it or took it over. Only such an object is
   * ever deleted in its directory; kept here so that it survives the removal of the rule from the rule set.
   */
  readonly provision?: string | undefined;
}

export interface PendingExport {
  readonly operation: 'add' | 'update' | 'delete';
  /** Add: all values. Update: the difference to the image. Delete: empty. */
  readonly changes: AttributeChanges;
  /** New DN when the export renames the object. */
  readonly dn?: string | undefined;
  /** Connector-space id whose own pending export has to be acknowledged first (the delete of a predecessor of another type). */
  readonly after?: string | undefined;
}

/** What was acknowledged by the connected directory and has not been seen in an import. */
export interface UnconfirmedExport {
  readonly operation: 'add' | 'update' | 'delete';
  readonly changes: AttributeChanges;
}

/**
 * A connector-space object as the engine sees it. Plain, immutable; a changed object is a new value.
 * The image that flows read is `imported`, then `unconfirmed`, then `pendingExport` laid over it; `ImportedValue` reads `imported` only.
 */
export interface CsObject {
  readonly id: string;
  readonly connector: string;
  readonly type: string;
  /** Anchor in the connected directory (objectGUID text, cloud object id); absent until acknowledged or imported. */
  readonly anchor?: string | undefined;
  readonly dn: string;
  /** Naming context the object belongs to, e.g. `DC=corp,DC=test`. */
  readonly partition?: string | undefined;
  /** `imported`: exists in the connected directory. `export`: made by provisioning, not yet imported. `placeholder`: never joined. */
  readonly state: 'imported' | 'export' | 'placeholder';
  readonly imported: Attributes;
  /** Number of values of reference attributes that are kept as edges and therefore missing in `imported`. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  readonly unconfirmed?: UnconfirmedExport | undefined;
  readonly pendingExport?: PendingExport | undefined;
  /** Operation that was handed to the connected directory and has no answer yet; set by the caller when it sends. */
  readonly inFlight?: PendingExport['operation'] | undefined;
  /** The connected directory reported that the object is gone; synchronization has yet to process it. */
  readonly importedDelete: boolean;
  readonly link?: CsLink | undefined;
  /** Ids of the rules that apply (inbound rules in scope for a source, outbound rules in scope for a target), by precedence. */
  readonly rules: readonly string[];
  /** Target attributes the target cannot hold, left out of the pending export; sorted. `*`: it cannot hold the type at all. */
  readonly unsupported?: readonly string[] | undefined;
}

export interface Contribution {
  readonly cs: string;
  readonly connector: string;
  readonly rule: string;
}

/** A link seen from the metaverse. */
export interface MvLink {
  readonly cs: string;
  readonly connector: string;
  /** The target cannot hold objects of this type: nothing is exported and references to it are left out. */
  readonly unsupported?: true | undefined;
}

/** A metaverse object with the contributor of every value. Reference values hold metaverse ids (`Ref.ref`). */
export interface MvObject {
  readonly id: string;
  readonly type: string;
  readonly attributes: Attributes;
  /** First entry: the winner. Merged attributes list every contributor. */
  readonly lineage: Readonly<Record<string, readonly Contribution[]>>;
  /** Connector-space ids linked to this object, at most one a connector. */
  readonly links: readonly MvLink[];
  /**
   * Connector-space ids that reference attributes point to and that are not joined yet, and keys of DNs that expressions
   * refer to: when an object with one of these joins ({@link waitKeysOf}), this object is due again.
   */
  readonly waitsFor: readonly string[];
}

/** One thing that has to be loaded before an object can be decided. */
export type Need =
  | { readonly kind: 'cs'; readonly id: string }
  | { readonly kind: 'mv'; readonly id: string }
  /** Metaverse ids that carry this join key, see {@link mvJoinKey}. */
  | { readonly kind: 'mv-key'; readonly key: string }
  /** Connector-space ids of a connector that carry this join key. */
  | { readonly kind: 'cs-key'; readonly connector: string; readonly key: string }
  | { readonly kind: 'cs-dn'; readonly connector: string; readonly dn: string }
  | { readonly kind: 'member'; readonly connector: string; readonly groupDn: string; readonly id: string };

/**
 * Synchronous reads of the stored state, filled beforehand by the caller.
 * Every method: `undefined` = not loaded (becomes a {@link Need}), `null` = known to be absent.
 */
export interface SpaceView {
  cs(id: string): CsObject | null | undefined;
  mv(id: string): MvObject | null | undefined;
  mvByKey(key: string): readonly string[] | undefined;
  csByKey(connector: string, key: string): readonly string[] | undefined;
  csByDn(connector: string, dn: string): string | null | undefined;
  /** Direct membership of a connector-space object in the group with this DN; `null` when that group is not known. */
  isMember(connector: string, groupDn: string, id: string): boolean | null | undefined;
}

/** Object-level failure: the object is rolled back, stays due, others go on (architecture.md §8). */
export interface SyncObjectError {
  readonly code: string;
  readonly message: string;
  readonly rule?: string | undefined;
  readonly attribute?: string | undefined;
}

export type SyncOutcome =
  | { readonly status: 'done'; readonly mv?: string | undefined }
  | { readonly status: 'needs'; readonly needs: readonly Need[] }
  | { readonly status: 'error'; readonly error: SyncObjectError };

/** What a target can hold. Types and attributes that are missing are never exported and are reported as unsupported. */
export interface TargetCapabilities {
  /** Attributes by object type; `all` = every attribute. */
  readonly types: Readonly<Record<string, 'all' | ReadonlySet<string>>>;
}

/** Final state of everything a session touched. `null` = to be removed. */
export interface SessionChanges {
  readonly cs: ReadonlyMap<string, CsObject | null>;
  readonly mv: ReadonlyMap<string, MvObject | null>;
  /** Connector-space ids that lost their link as a consequence of another object: they are due for a synchronization of their own. */
  readonly due: ReadonlySet<string>;
  readonly statistics: Readonly<Record<SyncStatistic, number>>;
}

export const SYNC_STATISTICS = [
  'projections',
  'joins',
  'disconnectors',
  'flowUpdates',
  'provisioned',
  'deprovisioned',
  'metaverseDeletes',
  'noChange',
] as const;
export type SyncStatistic = (typeof SYNC_STATISTICS)[number];
