import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { NbfxString } from '../text/text-value.js';

/**
 * Element records ([MC-NBFX] section 2.2.1): ShortElement 0x40 (name), Element 0x41 (prefix, name), ShortDictionaryElement 0x42,
 * DictionaryElement 0x43, PrefixDictionaryElementA-Z 0x44-0x5D, PrefixElementA-Z 0x5E-0x77 (the type is the prefix).
 */
export interface ElementRecord {
  readonly kind: 'element';
  /** Empty when there is none. */
  readonly prefix: string;
  readonly name: NbfxString;
}
export const isElementType = (type: number): boolean => type >= 0x40 && type <= 0x77;

export function readElement(type: number, reader: ByteReader): ElementRecord {
  const prefix = type === 0x41 || type === 0x43 ? nonEmpty(reader) : letter(type);
  const dictionary = type === 0x42 || type === 0x43 || (type >= 0x44 && type <= 0x5d);
  return { kind: 'element', prefix, name: dictionary ? { dictionary: reader.int31() } : nonEmpty(reader) };
}

function letter(type: number): string {
  if (type >= 0x5e) return String.fromCharCode(type - 0x5e + 0x61);
  return type >= 0x44 ? String.fromCharCode(type - 0x44 + 0x61) : '';
}

/** A name or prefix. @throws ADJ-EXP-3102 when it is empty */
export function nonEmpty(reader: ByteReader): string {
  const text = reader.string();
  if (text === '') throw malformed('an empty name', reader.position - 1);
  return text;
}

export function writeElement({ prefix, name }: ElementRecord, writer: ByteWriter): void {
  const dictionary = typeof name !== 'string';
  if (isLetter(prefix)) writer.byte((dictionary ? 0x44 : 0x5e) + prefix.charCodeAt(0) - 0x61);
  else {
    writer.byte((dictionary ? 0x42 : 0x40) + (prefix === '' ? 0 : 1));
    if (prefix !== '') writer.string(prefix);
  }
  writeName(name, writer);
}

export const isLetter = (prefix: string): boolean => /^[a-z]$/.test(prefix);

export function writeName(name: NbfxString, writer: ByteWriter): void {
  if (typeof name === 'string') writer.string(name);
  else writer.int31(name.dictionary);
}
