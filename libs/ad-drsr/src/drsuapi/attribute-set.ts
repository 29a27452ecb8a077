import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';
import { malformed } from '../drs-error.js';
import { oidBytes } from './object-identifier.js';
import type { PrefixEntry } from './prefix-table.js';

/** The attributes that password hash synchronization reads, by their object identifiers in every Active Directory. */
export const ATTRIBUTE_OIDS = {
  objectClass: '2.5.4.0',
  isDeleted: '1.2.840.113556.1.2.48',
  userAccountControl: '1.2.840.113556.1.4.8',
  unicodePwd: '1.2.840.113556.1.4.90',
  pwdLastSet: '1.2.840.113556.1.4.96',
  objectSid: '1.2.840.113556.1.4.146',
  accountExpires: '1.2.840.113556.1.4.159',
  sAMAccountName: '1.2.840.113556.1.4.221',
  lockoutTime: '1.2.840.113556.1.4.662',
  msDsConsistencyGuid: '1.2.840.113556.1.4.1360',
} as const;
export type AttributeName = keyof typeof ATTRIBUTE_OIDS;

export interface AttributeSet {
  readonly types: readonly number[];
  readonly prefixes: readonly PrefixEntry[];
}

/**
 * 0xFF · revision u32 · invocation identifier: the schema information a DC appends to its prefix table ([MS-DRSR] 5.180,
 * AddSchemaInfo). Zeros stand for "unknown". Samba refuses a partial attribute set whose table does not end with it.
 */
const SCHEMA_INFO: PrefixEntry = { index: 0, prefix: Buffer.concat([Buffer.from([0xff]), Buffer.alloc(20)]) };

/** ATTRTYP values of the identifiers and a prefix table made for them ([MS-DRSR] 5.16.4 MakeAttid). */
export function attributeSet(oids: readonly string[]): AttributeSet {
  const prefixes: PrefixEntry[] = [];
  const types = oids.map((oid) => {
    const last = Number(oid.split('.').at(-1));
    const ber = oidBytes(oid);
    const prefix = ber.subarray(0, ber.length - (last < 128 ? 1 : 2));
    const known = prefixes.find((entry) => entry.prefix.equals(prefix));
    const entry = known ?? { index: prefixes.length + 1, prefix };
    if (known === undefined) prefixes.push(entry);
    return ((entry.index << 16) | (last % 16384) | (last >= 16384 ? 0x8000 : 0)) >>> 0;
  });
  return { types: types.sort((a, b) => a - b), prefixes: [...prefixes, SCHEMA_INFO] };
}

/**
 * PARTIAL_ATTR_VECTOR_V1_EXT ([MS-DRSR] 5.147), a conformant structure:
 *   max_count u32 · dwVersion u32 1 · dwReserved1 u32 · cAttrs u32 · ATTRTYP u32[], ascending
 */
export function writeAttributeTypes(writer: NdrWriter, types: readonly number[]): NdrWriter {
  writer.u32(types.length).u32(1).u32(0).u32(types.length);
  for (const type of types) writer.u32(type);
  return writer;
}

export function readAttributeTypes(reader: NdrReader): number[] {
  const count = reader.conformance(4);
  if (reader.u32() !== 1) throw malformed('the version of an attribute set');
  reader.u32();
  if (reader.u32() !== count) throw malformed('the length of an attribute set');
  return Array.from({ length: count }, () => reader.u32());
}
