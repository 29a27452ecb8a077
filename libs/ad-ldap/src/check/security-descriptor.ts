import { guidText } from '../names/guid.js';
import { sidText } from '../names/sid.js';

/** An access control entry that grants or denies something to the object itself ([MS-DTYP] 2.4.4). */
interface AccessEntry {
  readonly allowed: boolean;
  readonly mask: number;
  /** Extended right, attribute or class; undefined: all of them. */
  readonly objectType: string | undefined;
  readonly sid: string;
}

/** ADS_RIGHT_DS_CONTROL_ACCESS ([MS-ADTS] 5.1.3.2). */
const CONTROL_ACCESS = 0x100;
const INHERIT_ONLY = 0x08;
const ALLOWED = 0x00;
const DENIED = 0x01;
const ALLOWED_OBJECT = 0x05;
const DENIED_OBJECT = 0x06;

/**
 * Whether one of the SIDs holds an extended right by the DACL of a self-relative security descriptor ([MS-DTYP] 2.4.6, [MS-ADTS]
 * 5.1.3.3.4): the first entry that names it decides. Throws a RangeError when the bytes are no such descriptor.
 */
export function grantsExtendedRight(descriptor: Buffer, sids: ReadonlySet<string>, right: string): boolean {
  for (const entry of accessEntries(descriptor)) {
    if ((entry.mask & CONTROL_ACCESS) === 0 || !sids.has(entry.sid)) continue;
    if (entry.objectType === undefined || entry.objectType === right) return entry.allowed;
  }
  return false;
}

function accessEntries(descriptor: Buffer): AccessEntry[] {
  const dacl = descriptor.readUInt32LE(16);
  if (dacl === 0) return [];
  const count = descriptor.readUInt16LE(dacl + 4);
  const entries: AccessEntry[] = [];
  for (let index = 0, at = dacl + 8; index < count; index += 1) {
    const size = descriptor.readUInt16LE(at + 2);
    const entry = accessEntry(descriptor.subarray(at, at + size));
    if (entry !== undefined) entries.push(entry);
    at += size;
  }
  return entries;
}

function accessEntry(bytes: Buffer): AccessEntry | undefined {
  const type = bytes.readUInt8(0);
  if ((bytes.readUInt8(1) & INHERIT_ONLY) !== 0) return undefined;
  const mask = bytes.readUInt32LE(4);
  if (type === ALLOWED || type === DENIED)
    return { allowed: type === ALLOWED, mask, objectType: undefined, sid: sidAt(bytes, 8) };
  if (type !== ALLOWED_OBJECT && type !== DENIED_OBJECT) return undefined;
  const flags = bytes.readUInt32LE(8);
  const hasType = (flags & 1) !== 0;
  const sidStart = 12 + (hasType ? 16 : 0) + ((flags & 2) === 0 ? 0 : 16);
  const objectType = hasType ? guidText(bytes.subarray(12, 28)) : undefined;
  return { allowed: type === ALLOWED_OBJECT, mask, objectType, sid: sidAt(bytes, sidStart) };
}

const sidAt = (bytes: Buffer, at: number): string => sidText(bytes.subarray(at, at + 8 + 4 * bytes.readUInt8(at + 1)));
