import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import { BYTES_TEXT, UNICODE_TEXT, readChars, writeChars, writeUtf8 } from './chars-text.js';
import { DECIMAL_TEXT, decimalCharacters, readDecimal, writeDecimal } from './decimal-text.js';
import { fixedCharacters, fixedType, readFixed } from './fixed-text.js';
import { UNIQUE_ID_TEXT, UUID_TEXT, readUuid, writeUuid } from './id-text.js';
import { NUMBER_TEXT, numberCharacters, readNumber, writeNumber } from './number-text.js';
import { DICTIONARY_TEXT, QNAME_TEXT, prefixLetter, readQName, writeQName } from './reference-text.js';
import type { TextValue } from './text-value.js';
import {
  DATETIME_TEXT,
  TIMESPAN_TEXT,
  dateTimeCharacters,
  readDateTime,
  readTimeSpan,
  timeSpanCharacters,
  writeDateTime,
  writeTimeSpan,
} from './time-text.js';

/** StartListText and EndListText ([MC-NBFX] section 2.2.3.19). */
const START_LIST = 0xa4;
const END_LIST = 0xa6;

/** A text record after its type (the even one of the pair). @throws ADJ-EXP-3102 */
export function readText(type: number, reader: ByteReader): TextValue {
  return type === START_LIST ? readList(reader) : readSingle(type, reader);
}

function readSingle(type: number, reader: ByteReader): TextValue {
  const common = readFixed(type) ?? readNumber(type, reader) ?? readChars(type, reader);
  if (common !== undefined) return common;
  switch (type) {
    case DECIMAL_TEXT:
      return readDecimal(reader);
    case DATETIME_TEXT:
      return readDateTime(reader);
    case TIMESPAN_TEXT:
      return readTimeSpan(reader);
    case UNIQUE_ID_TEXT:
      return { kind: 'uniqueid', value: readUuid(reader) };
    case UUID_TEXT:
      return { kind: 'uuid', value: readUuid(reader) };
    case DICTIONARY_TEXT:
      return { kind: 'dictionary', id: reader.int31() };
    case QNAME_TEXT:
      return readQName(reader);
    default:
      throw malformed(`the record type 0x${type.toString(16)} where text is expected`, reader.position - 1);
  }
}

function readList(reader: ByteReader): TextValue {
  const items: TextValue[] = [];
  for (;;) {
    const type = reader.byte();
    if (type === END_LIST) return { kind: 'list', items };
    items.push(readSingle(type, reader));
  }
}

/** @param end 1 when the record also ends the element (section 2.2.3.31) */
export function writeText(text: TextValue, end: 0 | 1, writer: ByteWriter): void {
  switch (text.kind) {
    case 'chars':
      writeUtf8(text.value, end, writer);
      return;
    case 'unicode':
      writeChars(UNICODE_TEXT, Buffer.from(text.value, 'utf16le'), end, writer);
      return;
    case 'bytes':
      writeChars(BYTES_TEXT, text.value, end, writer);
      return;
    case 'list':
      writer.byte(START_LIST);
      for (const item of text.items) writeText(item, 0, writer);
      writer.byte(END_LIST);
      // There is no list that ends the element: EndElement follows.
      if (end === 1) writer.byte(0x01);
      return;
    default:
      writer.byte(typeOf(text) + end);
      writeContent(text, writer);
  }
}

type Sized = Exclude<TextValue, { readonly kind: 'chars' | 'unicode' | 'bytes' | 'list' }>;

/** Record type of a value whose type says all about its form. */
export function typeOf(text: Sized): number {
  switch (text.kind) {
    case 'decimal':
      return DECIMAL_TEXT;
    case 'datetime':
      return DATETIME_TEXT;
    case 'timespan':
      return TIMESPAN_TEXT;
    case 'uniqueid':
      return UNIQUE_ID_TEXT;
    case 'uuid':
      return UUID_TEXT;
    case 'dictionary':
      return DICTIONARY_TEXT;
    case 'qname':
      return QNAME_TEXT;
    case 'zero':
    case 'one':
    case 'false':
    case 'true':
    case 'empty':
      return fixedType(text.kind);
    default:
      return NUMBER_TEXT[text.kind];
  }
}

/** What follows the record type. */
export function writeContent(text: Sized, writer: ByteWriter): void {
  switch (text.kind) {
    case 'decimal':
      return writeDecimal(text, writer);
    case 'datetime':
      return writeDateTime(text, writer);
    case 'timespan':
      return writeTimeSpan(text, writer);
    case 'uniqueid':
    case 'uuid':
      return writeUuid(text.value, writer);
    case 'dictionary':
      return writer.int31(text.id);
    case 'qname':
      return writeQName(text, writer);
    case 'zero':
    case 'one':
    case 'false':
    case 'true':
    case 'empty':
      return;
    default:
      return writeNumber(text, writer);
  }
}

/**
 * The characters a text record stands for.
 * @param resolve string of a dictionary number; throws when there is none
 */
export function characters(text: TextValue, resolve: (id: number) => string): string {
  switch (text.kind) {
    case 'chars':
    case 'unicode':
    case 'uuid':
      return text.value;
    case 'uniqueid':
      return `urn:uuid:${text.value}`;
    case 'bytes':
      return Buffer.from(text.value).toString('base64');
    case 'decimal':
      return decimalCharacters(text);
    case 'datetime':
      return dateTimeCharacters(text);
    case 'timespan':
      return timeSpanCharacters(text);
    case 'dictionary':
      return resolve(text.id);
    case 'qname':
      return `${prefixLetter(text.prefix)}:${resolve(text.id)}`;
    case 'list':
      return text.items.map((item) => characters(item, resolve)).join(' ');
    case 'zero':
    case 'one':
    case 'false':
    case 'true':
    case 'empty':
      return fixedCharacters(text.kind);
    default:
      return numberCharacters(text);
  }
}
