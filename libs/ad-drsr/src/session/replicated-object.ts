import { malformed } from '../drs-error.js';
import { ATTRIBUTE_OIDS, type AttributeName } from '../drsuapi/attribute-set.js';
import type { ObjectUpdate } from '../drsuapi/object-update.js';
import type { PrefixTable } from '../drsuapi/prefix-table.js';
import { guidText, NULL_GUID } from '../names/guid.js';
import { sidText } from '../names/sid.js';
import { dsTimeToDate } from './directory-time.js';

/**
 * What replicated of one object. A property that is undefined did not change since the watermark (in a full pass or
 * {@link DrsSession.replicateObject}: it has no value); null means its value was cleared.
 */
export interface ReplicatedObject {
  /** objectGUID, lower case. */
  readonly guid: string;
  readonly dn: string;
  /** `S-1-5-21-…`; undefined for objects without a security identifier. */
  readonly sid: string | undefined;
  readonly isDeleted: boolean | undefined;
  /** Object identifiers of the classes, see {@link OBJECT_CLASS_OIDS}. */
  readonly objectClasses: readonly string[] | undefined;
  readonly samAccountName: string | null | undefined;
  readonly userAccountControl: number | null | undefined;
  /** FILETIME; 0 = must change the password at next logon. */
  readonly pwdLastSet: bigint | null | undefined;
  /** FILETIME; 0 and 9223372036854775807 = never. */
  readonly accountExpires: bigint | null | undefined;
  /** FILETIME; 0 = not locked. */
  readonly lockoutTime: bigint | null | undefined;
  /** mS-DS-ConsistencyGuid: raw bytes, usually 16. */
  readonly consistencyGuid: Buffer | null | undefined;
  /** When the password hash last changed, whichever DC it happened on; undefined when it did not replicate. */
  readonly passwordChangedAt: Date | undefined;
}

/** governsID of the classes that matter to password hash synchronization. */
export const OBJECT_CLASS_OIDS = {
  user: '1.2.840.113556.1.5.9',
  computer: '1.2.840.113556.1.3.30',
  inetOrgPerson: '2.16.840.1.113730.3.2.2',
  managedServiceAccount: '1.2.840.113556.1.5.264',
  groupManagedServiceAccount: '1.2.840.113556.1.5.282',
} as const;

/** An object of a reply with what is needed to decrypt its secret. */
export interface DecodedUpdate {
  readonly object: ReplicatedObject;
  readonly sid: Buffer | undefined;
  /** Encrypted unicodePwd; null when cleared. */
  readonly secret: Buffer | null | undefined;
}

const NAME_BY_OID: ReadonlyMap<string, AttributeName> = new Map(
  (Object.keys(ATTRIBUTE_OIDS) as AttributeName[]).map((name) => [ATTRIBUTE_OIDS[name], name]),
);

/** Reads the attributes of an object update. Throws ADJ-PHS-7007 when a value has not the form of its syntax. */
export function decodeUpdate(update: ObjectUpdate, prefixes: PrefixTable): DecodedUpdate {
  const { name } = update;
  if (name === undefined || name.guid === NULL_GUID) throw malformed('an object without a GUID');
  const values = new Map<AttributeName, readonly Buffer[]>();
  let passwordChangedAt: Date | undefined;
  update.attributes.forEach((attribute, index) => {
    const known = NAME_BY_OID.get(prefixes.oid(attribute.type));
    if (known === undefined) return;
    values.set(known, attribute.values);
    const stamp = update.stamps[index];
    if (known === 'unicodePwd' && stamp !== undefined) passwordChangedAt = dsTimeToDate(stamp.changedAt);
  });
  const single = <T>(of: AttributeName, read: (value: Buffer) => T): T | null | undefined => {
    const found = values.get(of);
    if (found === undefined) return undefined;
    return found[0] === undefined ? null : read(found[0]);
  };
  const sid = (name.sid.length > 0 ? name.sid : single('objectSid', (value) => value)) ?? undefined;
  const object: ReplicatedObject = {
    guid: name.guid,
    dn: name.dn,
    sid: sid && sidText(sid),
    isDeleted: single('isDeleted', (value) => integer(value) !== 0) ?? undefined,
    objectClasses: values.get('objectClass')?.map((value) => prefixes.oid(integer(value) >>> 0)),
    samAccountName: single('sAMAccountName', (value) => value.toString('utf16le')),
    userAccountControl: single('userAccountControl', integer),
    pwdLastSet: single('pwdLastSet', largeInteger),
    accountExpires: single('accountExpires', largeInteger),
    lockoutTime: single('lockoutTime', largeInteger),
    consistencyGuid: single('msDsConsistencyGuid', (value) => Buffer.from(value)),
    passwordChangedAt,
  };
  return { object, sid, secret: single('unicodePwd', (value) => value) };
}

/** mS-DS-ConsistencyGuid as text when it is a GUID, else undefined. */
export function consistencyGuidText(object: ReplicatedObject): string | undefined {
  const bytes = object.consistencyGuid;
  return bytes?.length === 16 ? guidText(bytes) : undefined;
}

/** Whether it is a person's account: class user, but no computer, service account or inetOrgPerson; undefined when unknown. */
export function isUserAccount({ objectClasses }: ReplicatedObject): boolean | undefined {
  if (objectClasses === undefined) return undefined;
  const { user, ...others } = OBJECT_CLASS_OIDS;
  return objectClasses.includes(user) && !Object.values(others).some((other) => objectClasses.includes(other));
}

function integer(value: Buffer): number {
  if (value.length !== 4) throw malformed('a number');
  return value.readInt32LE(0);
}

function largeInteger(value: Buffer): bigint {
  if (value.length !== 8) throw malformed('a large number');
  return value.readBigInt64LE(0);
}
