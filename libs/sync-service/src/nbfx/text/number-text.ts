import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { TextOf, TextValue } from './text-value.js';

/** Int8 to Double, UInt64 and Bool ([MC-NBFX] sections 2.2.3.5 to 2.2.3.10, 2.2.3.25, 2.2.3.26): little-endian values. */
export const NUMBER_TEXT = {
  int8: 0x88,
  int16: 0x8a,
  int32: 0x8c,
  int64: 0x8e,
  float: 0x90,
  double: 0x92,
  uint64: 0xb2,
  bool: 0xb4,
} as const;
export type NumberText = TextOf<keyof typeof NUMBER_TEXT>;

export function readNumber(type: number, reader: ByteReader): TextValue | undefined {
  switch (type) {
    case NUMBER_TEXT.int8:
      return { kind: 'int8', value: reader.take(1).readInt8() };
    case NUMBER_TEXT.int16:
      return { kind: 'int16', value: reader.take(2).readInt16LE() };
    case NUMBER_TEXT.int32:
      return { kind: 'int32', value: reader.take(4).readInt32LE() };
    case NUMBER_TEXT.int64:
      return { kind: 'int64', value: reader.take(8).readBigInt64LE() };
    case NUMBER_TEXT.float:
      return { kind: 'float', value: reader.take(4).readFloatLE() };
    case NUMBER_TEXT.double:
      return { kind: 'double', value: reader.take(8).readDoubleLE() };
    case NUMBER_TEXT.uint64:
      return { kind: 'uint64', value: reader.take(8).readBigUInt64LE() };
    case NUMBER_TEXT.bool:
      return readBool(reader);
    default:
      return undefined;
  }
}

function readBool(reader: ByteReader): TextValue {
  const byte = reader.byte();
  if (byte > 1) throw malformed('a Boolean that is neither 0 nor 1', reader.position - 1);
  return { kind: 'bool', value: byte === 1 };
}

/** Content after the record type. */
export function writeNumber(value: NumberText, writer: ByteWriter): void {
  switch (value.kind) {
    case 'int8':
      writer.room(1).writeInt8(value.value);
      return;
    case 'int16':
      writer.room(2).writeInt16LE(value.value);
      return;
    case 'int32':
      writer.room(4).writeInt32LE(value.value);
      return;
    case 'int64':
      writer.room(8).writeBigInt64LE(value.value);
      return;
    case 'float':
      writer.room(4).writeFloatLE(value.value);
      return;
    case 'double':
      writer.room(8).writeDoubleLE(value.value);
      return;
    case 'uint64':
      writer.room(8).writeBigUInt64LE(value.value);
      return;
    case 'bool':
      writer.byte(value.value ? 1 : 0);
  }
}

export function numberCharacters(text: NumberText): string {
  if (text.kind === 'float') return floatCharacters(text.value, shortestFloat(text.value));
  if (text.kind === 'double') return floatCharacters(text.value, String(text.value));
  return String(text.value);
}

function floatCharacters(value: number, shortest: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (Object.is(value, -0)) return '-0';
  return shortest.replace('e', 'E');
}

/** Least digits that give the same single-precision value. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}
