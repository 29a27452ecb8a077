/** A member that was added or removed (operations/sync-service.md section 1, ProvisionAzureADSyncObjects2). */
export interface ReferenceChange {
  readonly operation: 'add' | 'remove';
  /** `cloud`: cloud anchor such as `User_<object id>`; `source`: source anchor. */
  readonly anchorKind: 'cloud' | 'source';
  readonly anchor: string;
}

/** A property value with the type it has on the wire. `nil` clears the property. */
export type SyncValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'binaries'; readonly values: readonly Uint8Array[] }
  | { readonly type: 'references'; readonly changes: readonly ReferenceChange[] }
  | { readonly type: 'nil' };

export const SYNC_OBJECT_TYPES = ['User', 'Group', 'Contact', 'Device'] as const;
export type SyncObjectType = (typeof SYNC_OBJECT_TYPES)[number];
export const SYNC_OBJECT_OPERATIONS = ['Set', 'Add', 'Delete'] as const;
export type SyncObjectOperation = (typeof SYNC_OBJECT_OPERATIONS)[number];

/** One object of an export or of a read-back. The anchors are among the properties (`SourceAnchor`, `CloudAnchor`). */
export interface SyncObject {
  readonly type: SyncObjectType;
  readonly operation: SyncObjectOperation;
  readonly properties: ReadonlyMap<string, SyncValue>;
}
