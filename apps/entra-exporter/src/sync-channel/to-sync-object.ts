import {
  SYNC_SERVICE_ATTRIBUTES,
  SYNC_SERVICE_READ_ONLY,
  SyncError,
  isWireRef,
  type ExportMessage,
  type SyncValueKind,
  type WireScalar,
  type WireValue,
} from '@adjoin/contracts';
import type { ReferenceChange, SyncObject, SyncObjectType, SyncValue } from '@adjoin/sync-service';

/** Type of the service by type of the connector space; also the prefix of cloud anchors. */
export const SYNC_TYPE: Readonly<Record<ExportMessage['objectType'], SyncObjectType>> = {
  user: 'User',
  group: 'Group',
  contact: 'Contact',
  device: 'Device',
};
/** Always part of an export, never a property of the object. */
const MECHANICAL = new Set(['dn', 'objecttype', 'cloudmastered', 'cloudanchor', 'groupmembercount', 'sourceanchor']);
const EXTENSION = /^extension_[0-9a-f]{32}_.+$/i;

interface Property {
  readonly name: string;
  readonly kind: SyncValueKind;
}
const byLowerCase = (type: ExportMessage['objectType']): ReadonlyMap<string, Property> =>
  new Map([...SYNC_SERVICE_ATTRIBUTES[type]].map(([name, kind]) => [name.toLowerCase(), { name, kind }]));
const TABLE: Readonly<Record<ExportMessage['objectType'], ReadonlyMap<string, Property>>> = {
  user: byLowerCase('user'),
  group: byLowerCase('group'),
  contact: byLowerCase('contact'),
  device: byLowerCase('device'),
};

/** An export as the service wants it. */
export interface SyncWrite {
  readonly object: SyncObject;
  /** Attributes the service does not take. */
  readonly unsupported: readonly string[];
}

/**
 * Translates an export. A create is anchored by its source anchor, so that a second one finds the first; a change by the cloud anchor, so that
 * an object that is gone is not made anew from a part of its attributes.
 * @throws ADJ-EXP-3006 for a value of the wrong type, naming the attribute
 */
export function toSyncObject(message: ExportMessage): SyncWrite {
  const type = SYNC_TYPE[message.objectType];
  const properties = new Map<string, SyncValue>();
  const unsupported: string[] = [];
  const { operation, cloudId } = message;
  if (operation !== 'update' || cloudId === undefined)
    properties.set('SourceAnchor', { type: 'string', value: message.sourceAnchor });
  if (operation !== 'add' && cloudId !== undefined)
    properties.set('CloudAnchor', { type: 'string', value: `${type}_${cloudId}` });
  if (operation === 'delete') return { object: { type, operation: 'Delete', properties }, unsupported };
  for (const [name, value] of Object.entries(message.attributes)) {
    if (MECHANICAL.has(name.toLowerCase())) continue;
    const property = propertyOf(message.objectType, name);
    if (property === undefined) unsupported.push(name);
    else {
      const wire = encode(property, value);
      if (wire.type !== 'nil' || operation !== 'add') properties.set(property.name, wire);
    }
  }
  for (const [name, change] of Object.entries(message.references ?? {}))
    properties.set(propertyOf(message.objectType, name)?.name ?? name, references(change));
  return { object: { type, operation: 'Set', properties }, unsupported };
}

function propertyOf(type: ExportMessage['objectType'], name: string): Property | undefined {
  const property = TABLE[type].get(name.toLowerCase());
  if (property !== undefined) return SYNC_SERVICE_READ_ONLY.has(property.name) ? undefined : property;
  return EXTENSION.test(name) ? { name, kind: 'string' } : undefined;
}

type Change = NonNullable<ExportMessage['references']>[string];

function references({ add, remove }: Change): SyncValue {
  const change =
    (operation: ReferenceChange['operation']) =>
    ({ cloudId, type }: Change['add'][number]): ReferenceChange => ({
      operation,
      anchorKind: 'cloud',
      anchor: cloudAnchor(type ?? 'user', cloudId),
    });
  return { type: 'references', changes: [...add.map(change('add')), ...remove.map(change('remove'))] };
}

export const cloudAnchor = (type: ExportMessage['objectType'], cloudId: string): string =>
  `${SYNC_TYPE[type]}_${cloudId}`;

function encode({ name, kind }: Property, value: WireValue | null): SyncValue {
  const values = value === null ? [] : Array.isArray(value) ? value : [value];
  const [first] = values;
  if (first === undefined || (values.length === 1 && first === '')) return { type: 'nil' };
  switch (kind) {
    case 'boolean':
      return { type: 'boolean', value: booleanOf(name, first) };
    case 'number':
      return { type: 'long', value: longOf(name, first) };
    case 'binary':
      return { type: 'binary', value: bytesOf(name, first) };
    case 'binaries':
      return { type: 'binaries', values: values.map((one) => bytesOf(name, one)) };
    case 'string':
      return { type: 'string', value: textOf(name, first) };
    case 'strings':
      return { type: 'strings', values: values.map((one) => textOf(name, one)) };
    case 'reference':
    case 'references':
      return { type: 'references', changes: values.map((one) => referenceOf(name, one)) };
  }
}

const wrong = (name: string, what: string): SyncError => new SyncError('ADJ-EXP-3006', `${name} must be ${what}.`);

function textOf(name: string, value: WireScalar): string {
  if (typeof value !== 'object') return String(value);
  if ('$int' in value) return value.$int;
  throw wrong(name, 'text');
}

function booleanOf(name: string, value: WireScalar): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw wrong(name, 'True or False');
}

function longOf(name: string, value: WireScalar): bigint {
  const text = textOf(name, value);
  if (!/^[+-]?\d{1,19}$/.test(text)) throw wrong(name, 'a number');
  return BigInt(text.replace('+', ''));
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Bytes; a GUID given as text is put into the byte order of Active Directory. */
function bytesOf(name: string, value: WireScalar): Uint8Array {
  if (typeof value === 'object' && '$binary' in value) return Uint8Array.from(Buffer.from(value.$binary, 'base64'));
  if (typeof value !== 'string' || !GUID.test(value)) throw wrong(name, 'binary');
  const hex = Buffer.from(value.replaceAll('-', ''), 'hex');
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => hex.readUInt8(at)));
}

/** Single references carry no type: manager, assistant and the like are users. */
function referenceOf(name: string, value: WireScalar): ReferenceChange {
  if (!isWireRef(value)) throw wrong(name, 'a reference');
  return { operation: 'add', anchorKind: 'cloud', anchor: cloudAnchor('user', value.$ref) };
}
