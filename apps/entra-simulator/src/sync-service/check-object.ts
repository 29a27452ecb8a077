import { SYNC_SERVICE_ATTRIBUTES, SYNC_SERVICE_READ_ONLY, type SyncValueKind } from '@adjoin/contracts';
import type { SyncObject, SyncObjectType, SyncValue } from '@adjoin/sync-service';
import { SyncFailure } from './sync-failure.js';

interface Property {
  readonly name: string;
  readonly kind: SyncValueKind;
}
const TABLE: Readonly<Record<SyncObjectType, ReadonlyMap<string, Property>>> = {
  User: table('user'),
  Group: table('group'),
  Contact: table('contact'),
  Device: table('device'),
};
function table(type: keyof typeof SYNC_SERVICE_ATTRIBUTES): ReadonlyMap<string, Property> {
  return new Map([...SYNC_SERVICE_ATTRIBUTES[type]].map(([name, kind]) => [name.toLowerCase(), { name, kind }]));
}

/** What the service knows of a property, whatever the case of its name. */
export const knownProperty = (type: SyncObjectType, name: string): Property | undefined =>
  TABLE[type].get(name.toLowerCase());

/** Types on the wire by kind of value. */
const WIRE: Readonly<Record<SyncValueKind, readonly SyncValue['type'][]>> = {
  boolean: ['boolean'],
  number: ['long'],
  binary: ['binary'],
  binaries: ['binaries'],
  string: ['string'],
  strings: ['strings'],
  reference: ['references'],
  // The first version of the operation takes whole lists.
  references: ['references', 'strings'],
};
/** Values of a certificate attribute (spec engine/attributes.md, Limits) and bytes of a photo. */
const MAX_CERTIFICATES = 15;
const MAX_PHOTO = 100 * 1024;

/** An object whose properties all exist and have the right type; anchors apart. */
export interface CheckedObject {
  readonly type: SyncObjectType;
  readonly operation: SyncObject['operation'];
  readonly sourceAnchor: string | undefined;
  /** Object id out of the cloud anchor. */
  readonly cloudId: string | undefined;
  readonly values: readonly (Property & { readonly value: SyncValue })[];
}

const CLOUD_ANCHOR = /^(User|Group|Contact|Device)_([0-9a-f-]{36})$/i;

/** @throws SyncFailure InvalidProperty, LargeObject */
export function checkObject(object: SyncObject): CheckedObject {
  const values: (Property & { value: SyncValue })[] = [];
  let sourceAnchor: string | undefined;
  let cloudId: string | undefined;
  for (const [name, value] of object.properties) {
    switch (name.toLowerCase()) {
      case 'sourceanchor':
        sourceAnchor = textOf(name, value);
        break;
      case 'cloudanchor':
        cloudId = cloudIdOf(textOf(name, value), object.type);
        break;
      default:
        values.push({ ...propertyOf(object.type, name, value), value });
    }
  }
  if (sourceAnchor === undefined && cloudId === undefined)
    throw new SyncFailure('InvalidProperty', 'The object has neither SourceAnchor nor CloudAnchor.');
  return { type: object.type, operation: object.operation, sourceAnchor, cloudId, values };
}

function propertyOf(type: SyncObjectType, name: string, value: SyncValue): Property {
  const extension = /^extension_[0-9a-f]{32}_.+$/i.test(name);
  const property = extension ? undefined : knownProperty(type, name);
  if (property === undefined) {
    if (!extension) throw new SyncFailure('InvalidProperty', `${type} has no property ${name}.`);
    return { name, kind: 'string' };
  }
  if (SYNC_SERVICE_READ_ONLY.has(property.name) && property.name !== 'cloudMastered')
    throw new SyncFailure('InvalidProperty', `${name} cannot be set.`);
  if (value.type !== 'nil' && !WIRE[property.kind].includes(value.type))
    throw new SyncFailure(
      'InvalidProperty',
      `${name} must be of type ${WIRE[property.kind].join(' or ')}, not ${value.type}.`,
    );
  checkSize(property.name, value);
  return property;
}

function checkSize(name: string, value: SyncValue): void {
  if (value.type === 'binaries' && value.values.length > MAX_CERTIFICATES)
    throw new SyncFailure('LargeObject', `${name} has more than ${MAX_CERTIFICATES} values.`);
  if (value.type === 'binary' && value.value.length > MAX_PHOTO)
    throw new SyncFailure('LargeObject', `${name} is larger than ${MAX_PHOTO} bytes.`);
}

function textOf(name: string, value: SyncValue): string {
  if (value.type !== 'string' || value.value === '') throw new SyncFailure('InvalidProperty', `${name} must be text.`);
  return value.value;
}

/** @throws SyncFailure InvalidProperty when the anchor is malformed or of another type */
export function cloudIdOf(anchor: string, type?: SyncObjectType): string {
  const [, prefix, id] = CLOUD_ANCHOR.exec(anchor) ?? [];
  if (id === undefined || (type !== undefined && prefix?.toLowerCase() !== type.toLowerCase()))
    throw new SyncFailure('InvalidProperty', `${anchor} is no cloud anchor of a ${type ?? 'known type'}.`);
  return id.toLowerCase();
}
