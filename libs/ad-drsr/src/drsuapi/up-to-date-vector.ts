import { malformed } from '../drs-error.js';
import { guidBytes } from '../names/guid.js';
import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** All changes that this DC originated up to this USN are known. */
export interface UpToDateCursor {
  /** Invocation identifier of the originating DC. */
  readonly dsa: string;
  readonly usn: bigint;
}

const CURSOR_V2_SIZE = 32;
const CURSOR_V1_SIZE = 24;

/**
 * UPTODATE_VECTOR_V1_EXT ([MS-DRSR] 5.204), what a client sends:
 *   max_count u32 · align 8 · dwVersion u32 1 · dwReserved1 u32 · cNumCursors u32 · dwReserved2 u32 · {uuidDsa, usn i64}[]
 * The cursors must be in increasing order of the GUID; they are sorted here by their bytes.
 */
export function writeUpToDateVectorV1(writer: NdrWriter, cursors: readonly UpToDateCursor[]): NdrWriter {
  writer.u32(cursors.length).align(8).u32(1).u32(0).u32(cursors.length).u32(0);
  const sorted = [...cursors].sort((a, b) => Buffer.compare(guidBytes(a.dsa), guidBytes(b.dsa)));
  for (const { dsa, usn } of sorted) writer.guid(dsa).i64(usn);
  return writer;
}

export function readUpToDateVectorV1(reader: NdrReader): UpToDateCursor[] {
  const count = readHead(reader, 1, CURSOR_V1_SIZE);
  return Array.from({ length: count }, () => ({ dsa: reader.guid(), usn: reader.i64() }));
}

/** UPTODATE_VECTOR_V2_EXT ([MS-DRSR] 5.205), what a server sends: as V1, with timeLastSyncSuccess i64 behind each cursor. */
export function writeUpToDateVectorV2(writer: NdrWriter, cursors: readonly UpToDateCursor[]): NdrWriter {
  writer.u32(cursors.length).align(8).u32(2).u32(0).u32(cursors.length).u32(0);
  for (const { dsa, usn } of cursors) writer.guid(dsa).i64(usn).i64(0n);
  return writer;
}

export function readUpToDateVectorV2(reader: NdrReader): UpToDateCursor[] {
  const count = readHead(reader, 2, CURSOR_V2_SIZE);
  return Array.from({ length: count }, () => {
    const cursor = { dsa: reader.guid(), usn: reader.i64() };
    reader.i64();
    return cursor;
  });
}

function readHead(reader: NdrReader, version: number, cursorSize: number): number {
  const count = reader.conformance(cursorSize);
  reader.align(8);
  if (reader.u32() !== version) throw malformed('the version of an up-to-dateness vector');
  reader.u32();
  if (reader.u32() !== count) throw malformed('the length of an up-to-dateness vector');
  reader.u32();
  return count;
}
