import {
  SYNC_SERVICE_ATTRIBUTES,
  type ExportMessage,
  type SyncValueKind,
  type WireChanges,
  type WireScalar,
  type WireValue,
} from '@adjoin/contracts';
import { SyncError } from '@adjoin/contracts';
import type { SyncObject, SyncObjectType, SyncValue } from '@adjoin/sync-service';

type ObjectType = ExportMessage['objectType'];
const TYPE: Readonly<Record<SyncObjectType, ObjectType>> = {
  User: 'user',
  Group: 'group',
  Contact: 'contact',
  Device: 'device',
};
/** The service spells names with an upper-case letter when it answers. */
const NAMES: Readonly<Record<ObjectType, ReadonlyMap<string, readonly [string, SyncValueKind]>>> = {
  user: names('user'),
  group: names('group'),
  contact: names('contact'),
  device: names('device'),
};
function names(type: ObjectType): ReadonlyMap<string, readonly [string, SyncValueKind]> {
  return new Map([...SYNC_SERVICE_ATTRIBUTES[type]].map(([name, kind]) => [name.toLowerCase(), [name, kind]]));
}

/** An object of a read-back as the connector space knows it. */
export interface ReadObject {
  /** Object id in the tenant. */
  readonly anchor: string;
  readonly objectType: ObjectType;
  readonly deleted: boolean;
  readonly attributes: WireChanges;
  /** Values of references by attribute: object ids. */
  readonly references: ReadonlyMap<string, readonly string[]>;
}

/** @throws ADJ-EXP-3102 for an object without a cloud anchor */
export function fromSyncObject(object: SyncObject): ReadObject {
  const objectType = TYPE[object.type];
  const attributes: Record<string, WireValue | null> = {};
  const references = new Map<string, readonly string[]>();
  let anchor: string | undefined;
  for (const [key, value] of object.properties) {
    const lower = key.toLowerCase();
    if (lower === 'cloudanchor' && value.type === 'string') {
      anchor = idOf(value.value);
      attributes['cloudAnchor'] = value.value;
      continue;
    }
    const [name, kind] = NAMES[objectType].get(lower) ?? [key, 'string' as const];
    if (kind === 'references') references.set(name, idsOf(value));
    else {
      const wire = decode(kind, value);
      if (wire !== undefined) attributes[name] = wire;
    }
  }
  if (anchor === undefined)
    throw new SyncError('ADJ-EXP-3102', `A ${object.type} of the read-back has no CloudAnchor.`);
  return { anchor, objectType, deleted: object.operation === 'Delete', attributes, references };
}

/** The object id in a cloud anchor `User_<object id>`. */
export const idOf = (cloudAnchor: string): string => cloudAnchor.slice(cloudAnchor.indexOf('_') + 1).toLowerCase();

function idsOf(value: SyncValue): readonly string[] {
  if (value.type === 'strings') return value.values.map(idOf);
  if (value.type === 'string') return [idOf(value.value)];
  return value.type === 'references' ? value.changes.map(({ anchor }) => idOf(anchor)) : [];
}

const binary = (bytes: Uint8Array): WireScalar => ({ $binary: Buffer.from(bytes).toString('base64') });

function decode(kind: SyncValueKind, value: SyncValue): WireValue | undefined {
  if (kind === 'reference') {
    const [id] = idsOf(value);
    return id === undefined ? undefined : { $ref: id };
  }
  switch (value.type) {
    case 'string':
    case 'boolean':
      return value.value;
    case 'long':
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : { $int: String(value.value) };
    case 'binary':
      return binary(value.value);
    case 'strings':
      return [...value.values];
    case 'binaries':
      return value.values.map(binary);
    default:
      return undefined;
  }
}
