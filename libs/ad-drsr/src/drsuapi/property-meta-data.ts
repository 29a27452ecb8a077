import { malformed } from '../drs-error.js';
import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** Stamp of an attribute: when and where it was last changed. */
export interface PropertyMetaData {
  readonly version: number;
  /** DSTIME ([MS-DRSR] 5.51): seconds since 1601-01-01 UTC. */
  readonly changedAt: bigint;
  readonly originatingDsa: string;
  readonly originatingUsn: bigint;
}

const SIZE = 40;

/** PROPERTY_META_DATA_EXT ([MS-DRSR] 5.157): dwVersion u32 · align 8 · timeChanged i64 · uuidDsaOriginating · usnOriginating i64 */
export function writePropertyMetaData(writer: NdrWriter, stamp: PropertyMetaData): NdrWriter {
  return writer.align(8).u32(stamp.version).i64(stamp.changedAt).guid(stamp.originatingDsa).i64(stamp.originatingUsn);
}

export function readPropertyMetaData(reader: NdrReader): PropertyMetaData {
  reader.align(8);
  return {
    version: reader.u32(),
    changedAt: reader.i64(),
    originatingDsa: reader.guid(),
    originatingUsn: reader.i64(),
  };
}

/** PROPERTY_META_DATA_EXT_VECTOR ([MS-DRSR] 5.158): max_count u32 · align 8 · cNumProps u32 · align 8 · stamps[] */
export function writeMetaDataVector(writer: NdrWriter, stamps: readonly PropertyMetaData[]): NdrWriter {
  writer.u32(stamps.length).align(8).u32(stamps.length).align(8);
  for (const stamp of stamps) writePropertyMetaData(writer, stamp);
  return writer;
}

export function readMetaDataVector(reader: NdrReader): PropertyMetaData[] {
  const count = reader.conformance(SIZE);
  reader.align(8);
  if (reader.u32() !== count) throw malformed('the length of a stamp list');
  reader.align(8);
  return Array.from({ length: count }, () => readPropertyMetaData(reader));
}
