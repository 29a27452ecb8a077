import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';
import { readAttributeBlock, writeAttributeBlock, writeAttributes, type WireAttribute } from './attribute-block.js';
import { readDsName, writeDsName, type DsName } from './ds-name.js';
import { readMetaDataVector, writeMetaDataVector, type PropertyMetaData } from './property-meta-data.js';

/** One changed object of a reply: what changed of it, and the stamps of these attributes in the same order. */
export interface ObjectUpdate {
  readonly name: DsName | undefined;
  readonly attributes: readonly WireAttribute[];
  readonly isNamingContext: boolean;
  readonly parentGuid: string | undefined;
  readonly stamps: readonly PropertyMetaData[];
}

/**
 * REPLENTINFLIST ([MS-DRSR] 5.164): pNextEntInf * · ENTINF (5.53) {pName *DSNAME · ulFlags u32 · ATTRBLOCK} · fIsNCPrefix u32 ·
 * pParentGuid *UUID · pMetaDataExt *.
 * pNextEntInf is the first pointer, so on the wire all fixed parts come first and then the referents, last object first.
 */
export function writeObjectUpdates(writer: NdrWriter, updates: readonly ObjectUpdate[]): NdrWriter {
  updates.forEach((update, index) => {
    writer
      .pointer(index + 1 < updates.length)
      .pointer(update.name !== undefined)
      .u32(1);
    writeAttributeBlock(writer, update.attributes).u32(update.isNamingContext ? 1 : 0);
    writer.pointer(update.parentGuid !== undefined).pointer(update.stamps.length > 0);
  });
  for (const update of updates.toReversed()) {
    if (update.name !== undefined) writeDsName(writer, update.name).align(4);
    writeAttributes(writer, update.attributes);
    if (update.parentGuid !== undefined) writer.guid(update.parentGuid);
    if (update.stamps.length > 0) writeMetaDataVector(writer, update.stamps);
  }
  return writer;
}

/** A loop, not a recursion: a page may have thousands of objects. */
export function readObjectUpdates(reader: NdrReader): ObjectUpdate[] {
  const bodies: (() => ObjectUpdate)[] = [];
  for (let more = true; more;) {
    more = reader.pointer();
    bodies.push(readFixedPart(reader));
  }
  return bodies
    .toReversed()
    .map((body) => body())
    .toReversed();
}

function readFixedPart(reader: NdrReader): () => ObjectUpdate {
  const hasName = reader.pointer();
  reader.u32();
  const attributes = readAttributeBlock(reader);
  const isNamingContext = reader.u32() !== 0;
  const hasParent = reader.pointer();
  const hasStamps = reader.pointer();
  return () => ({
    name: hasName ? readDsName(reader) : undefined,
    attributes: attributes(),
    isNamingContext,
    parentGuid: hasParent ? reader.guid() : undefined,
    stamps: hasStamps ? readMetaDataVector(reader) : [],
  });
}
