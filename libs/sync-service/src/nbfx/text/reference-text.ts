import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { TextOf } from './text-value.js';

/** DictionaryText and QNameDictionaryText ([MC-NBFX] sections 2.2.3.21 and 2.2.3.30). */
export const DICTIONARY_TEXT = 0xaa;
export const QNAME_TEXT = 0xbc;

export function readQName(reader: ByteReader): TextOf<'qname'> {
  const prefix = reader.byte();
  if (prefix > 25) throw malformed(`the prefix number ${prefix}`, reader.position - 1);
  return { kind: 'qname', prefix, id: reader.int31() };
}

export function writeQName({ prefix, id }: TextOf<'qname'>, writer: ByteWriter): void {
  writer.byte(prefix);
  writer.int31(id);
}

export const prefixLetter = (prefix: number): string => String.fromCharCode(0x61 + prefix);
