import { malformed, type ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import type { TextOf } from './text-value.js';

/**
 * DecimalText ([MC-NBFX] section 2.2.3.11), DECIMAL of [MS-OAUT] section 2.2.26:
 * wReserved (2 bytes), scale (1), sign (1: 0 or 0x80), Hi32 (4), Lo64 (8), little-endian.
 */
export const DECIMAL_TEXT = 0x94;
const MAX_SCALE = 28;
const MASK64 = (1n << 64n) - 1n;

export function readDecimal(reader: ByteReader): TextOf<'decimal'> {
  const start = reader.position;
  const bytes = reader.take(16);
  const scale = bytes.readUInt8(2);
  if (scale > MAX_SCALE) throw malformed(`a decimal of scale ${scale}`, start);
  return {
    kind: 'decimal',
    coefficient: (BigInt(bytes.readUInt32LE(4)) << 64n) | bytes.readBigUInt64LE(8),
    scale,
    negative: (bytes.readUInt8(3) & 0x80) !== 0,
  };
}

export function writeDecimal(value: TextOf<'decimal'>, writer: ByteWriter): void {
  const bytes = writer.room(16);
  bytes.writeUInt16LE(0, 0);
  bytes.writeUInt8(value.scale, 2);
  bytes.writeUInt8(value.negative ? 0x80 : 0, 3);
  bytes.writeUInt32LE(Number(value.coefficient >> 64n), 4);
  bytes.writeBigUInt64LE(value.coefficient & MASK64, 8);
}

export function decimalCharacters({ coefficient, scale, negative }: TextOf<'decimal'>): string {
  const digits = String(coefficient).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative && coefficient !== 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
