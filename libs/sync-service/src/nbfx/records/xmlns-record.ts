import type { ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { NbfxString } from '../text/text-value.js';
import { nonEmpty, writeName } from './element-record.js';

/**
 * Namespace declarations ([MC-NBFX] sections 2.2.2.5 to 2.2.2.8): ShortXmlnsAttribute 0x08 (value), XmlnsAttribute 0x09 (prefix, value),
 * ShortDictionaryXmlnsAttribute 0x0A, DictionaryXmlnsAttribute 0x0B. The value is a string, not a text record.
 */
export interface XmlnsRecord {
  readonly kind: 'xmlns';
  /** Empty for the default namespace. */
  readonly prefix: string;
  readonly value: NbfxString;
}
export const isXmlnsType = (type: number): boolean => type >= 0x08 && type <= 0x0b;

export function readXmlns(type: number, reader: ByteReader): XmlnsRecord {
  const prefix = type % 2 === 1 ? nonEmpty(reader) : '';
  return { kind: 'xmlns', prefix, value: type >= 0x0a ? { dictionary: reader.int31() } : reader.string() };
}

export function writeXmlns({ prefix, value }: XmlnsRecord, writer: ByteWriter): void {
  writer.byte((typeof value === 'string' ? 0x08 : 0x0a) + (prefix === '' ? 0 : 1));
  if (prefix !== '') writer.string(prefix);
  writeName(value, writer);
}
