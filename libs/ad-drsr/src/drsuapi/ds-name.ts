import { malformed } from '../drs-error.js';
import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** How an object is named: at least one of GUID, SID and DN is not empty. */
export interface DsName {
  readonly guid: string;
  /** SID bytes, empty when the object has none. */
  readonly sid: Buffer;
  readonly dn: string;
}

const SID_ROOM = 28;
const FIXED = 56;

/**
 * DSNAME ([MS-DRSR] 5.50), a conformant structure:
 *   max_count u32 · structLen u32 · SidLen u32 · Guid · Sid u8[28] · NameLen u32 · StringName WCHAR[NameLen + 1]
 */
export function writeDsName(writer: NdrWriter, name: DsName): NdrWriter {
  const text = Buffer.from(`${name.dn}\0`, 'utf16le');
  const sid = Buffer.alloc(SID_ROOM);
  name.sid.copy(sid);
  writer.u32(text.length / 2);
  writer.u32(FIXED + text.length).u32(name.sid.length);
  return writer.guid(name.guid).bytes(sid).u32(name.dn.length).bytes(text);
}

export function readDsName(reader: NdrReader): DsName {
  const { guid, sid, text } = readParts(reader);
  return { guid, sid, dn: text.toString('utf16le').replace(/\0$/, '') };
}

/** Reads past a name without keeping it. */
export function skipDsName(reader: NdrReader): void {
  readParts(reader);
}

function readParts(reader: NdrReader): { readonly guid: string; readonly sid: Buffer; readonly text: Buffer } {
  const count = reader.conformance(2);
  reader.u32();
  const sidLength = reader.u32();
  if (sidLength > SID_ROOM) throw malformed('a SID is too long');
  const guid = reader.guid();
  const sid = reader.bytes(SID_ROOM).subarray(0, sidLength);
  if (reader.u32() + 1 !== count) throw malformed('the length of a name');
  return { guid, sid, text: reader.bytes(2 * count) };
}
