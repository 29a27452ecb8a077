import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import { readText, writeText } from '../text/text-record.js';
import type { NbfxString, TextValue } from '../text/text-value.js';
import { isLetter, nonEmpty, writeName } from './element-record.js';

/**
 * Attribute records ([MC-NBFX] sections 2.2.2.1 to 2.2.2.4, 2.2.2.9, 2.2.2.10): ShortAttribute 0x04, Attribute 0x05, ShortDictionaryAttribute
 * 0x06, DictionaryAttribute 0x07, PrefixDictionaryAttributeA-Z 0x0C-0x25, PrefixAttributeA-Z 0x26-0x3F; the value is one text record.
 */
export interface AttributeRecord {
  readonly kind: 'attribute';
  readonly prefix: string;
  readonly name: NbfxString;
  readonly value: TextValue;
}
export const isAttributeType = (type: number): boolean =>
  (type >= 0x04 && type <= 0x07) || (type >= 0x0c && type <= 0x3f);

export function readAttribute(type: number, reader: ByteReader): AttributeRecord {
  const prefix = type === 0x05 || type === 0x07 ? nonEmpty(reader) : letter(type);
  const dictionary = type === 0x06 || type === 0x07 || (type >= 0x0c && type <= 0x25);
  const name = dictionary ? { dictionary: reader.int31() } : nonEmpty(reader);
  const text = reader.byte();
  // Text that ends an element has no place in an attribute (section 2.2.3.31).
  if (text < 0x80 || text % 2 === 1)
    throw malformed(`the record type 0x${text.toString(16)} as a value`, reader.position - 1);
  return { kind: 'attribute', prefix, name, value: readText(text, reader) };
}

function letter(type: number): string {
  if (type >= 0x26) return String.fromCharCode(type - 0x26 + 0x61);
  return type >= 0x0c ? String.fromCharCode(type - 0x0c + 0x61) : '';
}

export function writeAttribute({ prefix, name, value }: AttributeRecord, writer: ByteWriter): void {
  const dictionary = typeof name !== 'string';
  if (isLetter(prefix)) writer.byte((dictionary ? 0x0c : 0x26) + prefix.charCodeAt(0) - 0x61);
  else {
    writer.byte((dictionary ? 0x06 : 0x04) + (prefix === '' ? 0 : 1));
    if (prefix !== '') writer.string(prefix);
  }
  writeName(name, writer);
  writeText(value, 0, writer);
}
