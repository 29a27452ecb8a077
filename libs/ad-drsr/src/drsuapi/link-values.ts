import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';
import { skipDsName, writeDsName, type DsName } from './ds-name.js';
import { readPropertyMetaData, writePropertyMetaData, type PropertyMetaData } from './property-meta-data.js';

/** A changed value of a linked attribute (member and others). Servers send them whatever attributes were asked for. */
export interface LinkValue {
  readonly object: DsName;
  readonly attribute: number;
  readonly value: Buffer;
  readonly isPresent: boolean;
  readonly stamp: PropertyMetaData;
}

const SIZE = 72;

/**
 * REPLVALINF_V1 ([MS-DRSR] 5.170): pObject *DSNAME · attrTyp u32 · ATTRVAL {valLen u32 · *u8[]} · fIsPresent u32 · align 8 ·
 * VALUE_META_DATA_EXT_V1 (5.214) {timeCreated i64 · PROPERTY_META_DATA_EXT}; in an array max_count u32 · align 8 · elements[]
 */
export function writeLinkValues(writer: NdrWriter, links: readonly LinkValue[]): NdrWriter {
  writer.u32(links.length);
  for (const link of links) {
    writer.align(8).pointer(true).u32(link.attribute).u32(link.value.length).pointer(true);
    writePropertyMetaData(writer.u32(link.isPresent ? 1 : 0).i64(0n), link.stamp);
  }
  for (const link of links) writeDsName(writer, link.object).byteArray(link.value);
  return writer;
}

/** Reads past the link values; returns how many there were. */
export function skipLinkValues(reader: NdrReader, declared: number): number {
  const heads = reader.arrayOf(declared, SIZE, () => {
    reader.align(8);
    const hasObject = reader.pointer();
    reader.u32();
    const length = reader.u32();
    const hasValue = reader.pointer();
    reader.u32();
    reader.i64();
    readPropertyMetaData(reader);
    return { hasObject, length, hasValue };
  });
  for (const { hasObject, length, hasValue } of heads) {
    if (hasObject) skipDsName(reader);
    if (hasValue) reader.byteArray(length);
  }
  return heads.length;
}
