import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import { readText, writeText } from '../text/text-record.js';
import type { TextValue } from '../text/text-value.js';
import { readArray, writeArray, type ArrayRecord } from './array-record.js';
import { isAttributeType, readAttribute, writeAttribute, type AttributeRecord } from './attribute-record.js';
import { isElementType, readElement, writeElement, type ElementRecord } from './element-record.js';
import { isXmlnsType, readXmlns, writeXmlns, type XmlnsRecord } from './xmlns-record.js';

/** One record of a document ([MC-NBFX] section 2.2). */
export type NbfxRecord =
  | ElementRecord
  | AttributeRecord
  | XmlnsRecord
  | ArrayRecord
  /** EndElement (section 2.3.1). */
  | { readonly kind: 'end' }
  /** Comment (section 2.3.2). */
  | { readonly kind: 'comment'; readonly text: string }
  /** Text (section 2.2.3); `end`: it also ends the element (section 2.2.3.31). */
  | { readonly kind: 'text'; readonly value: TextValue; readonly end: boolean };

const END_ELEMENT = 0x01;
const COMMENT = 0x02;
const ARRAY = 0x03;
const FIRST_TEXT = 0x80;
const LAST_TEXT = 0xbd;
/** StartListText and EndListText have no form that ends the element. */
const START_LIST = 0xa4;

/** The next record. @throws ADJ-EXP-3102 */
export function readRecord(reader: ByteReader): NbfxRecord {
  const type = reader.byte();
  if (isElementType(type)) return readElement(type, reader);
  if (type >= FIRST_TEXT && type <= LAST_TEXT) return readTextRecord(type, reader);
  if (isXmlnsType(type)) return readXmlns(type, reader);
  if (isAttributeType(type)) return readAttribute(type, reader);
  if (type === END_ELEMENT) return { kind: 'end' };
  if (type === COMMENT) return { kind: 'comment', text: reader.string() };
  if (type === ARRAY) return readArray(reader);
  throw malformed(`the unknown record type 0x${type.toString(16)}`, reader.position - 1);
}

function readTextRecord(type: number, reader: ByteReader): NbfxRecord {
  if (type > START_LIST && type <= START_LIST + 3) throw malformed('a list without a beginning', reader.position - 1);
  const end = type % 2 === 1;
  return { kind: 'text', value: readText(end ? type - 1 : type, reader), end };
}

export function writeRecord(record: NbfxRecord, writer: ByteWriter): void {
  switch (record.kind) {
    case 'element':
      return writeElement(record, writer);
    case 'attribute':
      return writeAttribute(record, writer);
    case 'xmlns':
      return writeXmlns(record, writer);
    case 'array':
      return writeArray(record, writer);
    case 'text':
      return writeText(record.value, record.end ? 1 : 0, writer);
    case 'comment':
      writer.byte(COMMENT);
      return writer.string(record.text);
    case 'end':
      return writer.byte(END_ELEMENT);
  }
}
