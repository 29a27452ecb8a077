import { malformed } from '../drs-error.js';
import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';
import { oidText } from './object-identifier.js';

/** Maps the upper half of an ATTRTYP to the beginning of an object identifier in BER. */
export interface PrefixEntry {
  readonly index: number;
  readonly prefix: Buffer;
}

const ENTRY_SIZE = 12;

/**
 * SCHEMA_PREFIX_TABLE ([MS-DRSR] 5.180): PrefixCount u32 · *PrefixTableEntry[]; PrefixTableEntry (5.155): ndx u32 · OID_t
 * {length u32 · *u8[]}. Embedded: the head here, the entries with {@link writePrefixEntries} where referents are due.
 */
export function writePrefixTable(writer: NdrWriter, entries: readonly PrefixEntry[]): NdrWriter {
  return writer.u32(entries.length).pointer(entries.length > 0);
}

export function writePrefixEntries(writer: NdrWriter, entries: readonly PrefixEntry[]): NdrWriter {
  if (entries.length === 0) return writer;
  writer.u32(entries.length);
  for (const { index, prefix } of entries)
    writer
      .u32(index)
      .u32(prefix.length)
      .pointer(prefix.length > 0);
  for (const { prefix } of entries) if (prefix.length > 0) writer.byteArray(prefix).align(4);
  return writer;
}

/** Reads the head and returns the reader of the entries, to be called where referents are due. */
export function readPrefixTable(reader: NdrReader): () => PrefixEntry[] {
  const count = reader.u32();
  if (!reader.pointer()) return () => [];
  return () => {
    const heads = reader.arrayOf(count, ENTRY_SIZE, () => ({
      index: reader.u32(),
      length: reader.u32(),
      present: reader.pointer(),
    }));
    return heads.map(({ index, length, present }) => ({
      index,
      prefix: present ? reader.byteArray(length) : Buffer.alloc(0),
    }));
  };
}

/** Translates ATTRTYP values by the prefix table of the message they came with ([MS-DRSR] 5.16.4 OidFromAttid). */
export class PrefixTable {
  readonly #prefixes: ReadonlyMap<number, Buffer>;
  readonly #known = new Map<number, string>();

  /** The first entry of an index counts: the schema information at the end of a table repeats index 0. */
  constructor(entries: readonly PrefixEntry[]) {
    this.#prefixes = new Map(entries.map(({ index, prefix }) => [index, prefix] as const).reverse());
  }

  /** The dotted object identifier. Throws ADJ-PHS-7007 when the table lacks the prefix. */
  oid(attributeType: number): string {
    const known = this.#known.get(attributeType);
    if (known !== undefined) return known;
    const prefix = this.#prefixes.get(attributeType >>> 16);
    if (prefix === undefined) throw malformed(`attribute 0x${attributeType.toString(16)} without a prefix`);
    const low = attributeType & 0x7fff;
    const tail = (attributeType & 0xffff) < 128 ? [low] : [0x80 | ((low >> 7) & 0x7f), low & 0x7f];
    const oid = oidText(Buffer.concat([prefix, Buffer.from(tail)]));
    this.#known.set(attributeType, oid);
    return oid;
  }
}
