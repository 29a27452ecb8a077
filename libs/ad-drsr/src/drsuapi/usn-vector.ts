import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** Where a replication cycle with one server stands; meaningful to the server that issued it only. */
export interface UsnVector {
  readonly highObjectUpdate: bigint;
  readonly reserved: bigint;
  readonly highPropertyUpdate: bigint;
}

export const NO_USN: UsnVector = { highObjectUpdate: 0n, reserved: 0n, highPropertyUpdate: 0n };

/** USN_VECTOR ([MS-DRSR] 5.209): usnHighObjUpdate i64 · usnReserved i64 · usnHighPropUpdate i64 */
export function writeUsnVector(writer: NdrWriter, vector: UsnVector): NdrWriter {
  return writer.i64(vector.highObjectUpdate).i64(vector.reserved).i64(vector.highPropertyUpdate);
}

export function readUsnVector(reader: NdrReader): UsnVector {
  return { highObjectUpdate: reader.i64(), reserved: reader.i64(), highPropertyUpdate: reader.i64() };
}
