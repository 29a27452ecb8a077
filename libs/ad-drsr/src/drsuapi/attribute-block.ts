import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** An attribute as it travels: no values means cleared. */
export interface WireAttribute {
  /** ATTRTYP ([MS-DRSR] 5.14); its meaning depends on the prefix table of the message. */
  readonly type: number;
  readonly values: readonly Buffer[];
}

/**
 * ATTRBLOCK ([MS-DRSR] 5.10): attrCount u32 · *ATTR[]; ATTR (5.9): attrTyp u32 · ATTRVALBLOCK (5.17) {valCount u32 · *ATTRVAL[]};
 * ATTRVAL (5.16): valLen u32 · *u8[]. Embedded: head and contents are written apart.
 */
export function writeAttributeBlock(writer: NdrWriter, attributes: readonly WireAttribute[]): NdrWriter {
  return writer.u32(attributes.length).pointer(attributes.length > 0);
}

export function writeAttributes(writer: NdrWriter, attributes: readonly WireAttribute[]): NdrWriter {
  if (attributes.length === 0) return writer;
  writer.u32(attributes.length);
  for (const { type, values } of attributes)
    writer
      .u32(type)
      .u32(values.length)
      .pointer(values.length > 0);
  for (const { values } of attributes) {
    if (values.length === 0) continue;
    writer.u32(values.length);
    for (const value of values) writer.u32(value.length).pointer(true);
    for (const value of values) writer.byteArray(value).align(4);
  }
  return writer;
}

/** Reads the head and returns the reader of the contents, to be called where referents are due. Values are views. */
export function readAttributeBlock(reader: NdrReader): () => WireAttribute[] {
  const count = reader.u32();
  if (!reader.pointer()) return () => [];
  return () => {
    const heads = reader.arrayOf(count, 12, () => ({
      type: reader.u32(),
      count: reader.u32(),
      present: reader.pointer(),
    }));
    return heads.map(({ type, count: values, present }) => ({
      type,
      values: present ? readValues(reader, values) : [],
    }));
  };
}

function readValues(reader: NdrReader, count: number): Buffer[] {
  const heads = reader.arrayOf(count, 8, () => ({ length: reader.u32(), present: reader.pointer() }));
  return heads.map(({ length, present }) => (present ? reader.byteArray(length) : Buffer.alloc(0)));
}
