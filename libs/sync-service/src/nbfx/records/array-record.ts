import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import { readText, typeOf, writeContent } from '../text/text-record.js';
import type { TextOf } from '../text/text-value.js';
import { isAttributeType, readAttribute, writeAttribute, type AttributeRecord } from './attribute-record.js';
import { isElementType, readElement, writeElement, type ElementRecord } from './element-record.js';
import { isXmlnsType, readXmlns, writeXmlns, type XmlnsRecord } from './xmlns-record.js';

/** Kinds of values an array can hold. */
export type ArrayValue = TextOf<
  'bool' | 'int16' | 'int32' | 'int64' | 'float' | 'double' | 'decimal' | 'datetime' | 'timespan' | 'uuid'
>;
/** Array ([MC-NBFX] section 2.3.3): element, its attributes, EndElement, type with end element, count, values one after the other. */
export interface ArrayRecord {
  readonly kind: 'array';
  readonly element: ElementRecord;
  readonly attributes: readonly (AttributeRecord | XmlnsRecord)[];
  /** At least one, all of the same kind. */
  readonly values: readonly ArrayValue[];
}
/** Bytes of a value by record type. */
const SIZES: Readonly<Record<number, number>> = {
  0xb5: 1,
  0x8b: 2,
  0x8d: 4,
  0x8f: 8,
  0x91: 4,
  0x93: 8,
  0x95: 16,
  0x97: 8,
  0xaf: 8,
  0xb1: 16,
};

export function readArray(reader: ByteReader): ArrayRecord {
  const type = reader.byte();
  if (!isElementType(type)) throw malformed('an array without an element', reader.position - 1);
  const element = readElement(type, reader);
  const attributes = readAttributes(reader);
  const valueType = reader.byte();
  if (SIZES[valueType] === undefined) throw malformed(`an array of 0x${valueType.toString(16)}`, reader.position - 1);
  const count = reader.int31();
  if (count === 0) throw malformed('an empty array', reader.position - 1);
  const values: ArrayValue[] = [];
  for (let index = 0; index < count; index++) values.push(readText(valueType - 1, reader) as ArrayValue);
  return { kind: 'array', element, attributes, values };
}

function readAttributes(reader: ByteReader): (AttributeRecord | XmlnsRecord)[] {
  const attributes: (AttributeRecord | XmlnsRecord)[] = [];
  for (;;) {
    const type = reader.byte();
    if (type === 0x01) return attributes;
    if (isXmlnsType(type)) attributes.push(readXmlns(type, reader));
    else if (isAttributeType(type)) attributes.push(readAttribute(type, reader));
    else throw malformed(`0x${type.toString(16)} in the element of an array`, reader.position - 1);
  }
}

export function writeArray({ element, attributes, values }: ArrayRecord, writer: ByteWriter): void {
  const [first] = values;
  if (first === undefined) return;
  writer.byte(0x03);
  writeElement(element, writer);
  for (const attribute of attributes)
    if (attribute.kind === 'xmlns') writeXmlns(attribute, writer);
    else writeAttribute(attribute, writer);
  writer.byte(0x01);
  writer.byte(typeOf(first) + 1);
  writer.int31(values.length);
  for (const value of values) writeContent(value, writer);
}
