import type { ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';
import { malformed } from '../byte-reader.js';
import type { TextValue } from './text-value.js';

/**
 * Chars8/16/32Text, Bytes8/16/32Text and UnicodeChars8/16/32Text ([MC-NBFX] sections 2.2.3.13 to 2.2.3.18 and 2.2.3.27 to 2.2.3.29):
 * a length of 1, 2 or 4 bytes, then UTF-8, bytes or UTF-16. (Section 2.2.3.29 calls the length of UnicodeChars32Text a MultiByteInt31; its
 * example in section 3 and .NET use 4 bytes.)
 */
export const CHARS_TEXT = 0x98;
export const BYTES_TEXT = 0x9e;
export const UNICODE_TEXT = 0xb6;
const FAMILIES = [CHARS_TEXT, BYTES_TEXT, UNICODE_TEXT] as const;

export function readChars(type: number, reader: ByteReader): TextValue | undefined {
  const family = FAMILIES.find((first) => type >= first && type <= first + 4);
  if (family === undefined) return undefined;
  const length = readLength((type - family) / 2, reader);
  if (family === CHARS_TEXT) return { kind: 'chars', value: reader.utf8(length) };
  if (family === UNICODE_TEXT) return { kind: 'unicode', value: reader.utf16(length) };
  // Copied: the value outlives the message it came in.
  return { kind: 'bytes', value: Uint8Array.from(reader.take(length)) };
}

function readLength(width: number, reader: ByteReader): number {
  if (width === 0) return reader.byte();
  if (width === 1) return reader.take(2).readUInt16LE();
  const length = reader.take(4).readInt32LE();
  if (length < 0) throw malformed('a negative length', reader.position - 4);
  return length;
}

/** Chars text with the shortest length field. @param end 1 when the record also ends the element */
export function writeUtf8(text: string, end: 0 | 1, writer: ByteWriter): void {
  const length = Buffer.byteLength(text);
  writeHead(CHARS_TEXT, length, end, writer);
  writer.utf8(text, length);
}

/** Bytes or UTF-16 text with the shortest length field. */
export function writeChars(family: number, content: Uint8Array, end: 0 | 1, writer: ByteWriter): void {
  writeHead(family, content.length, end, writer);
  writer.bytes(content);
}

function writeHead(family: number, length: number, end: 0 | 1, writer: ByteWriter): void {
  if (length <= 0xff) {
    writer.byte(family + end);
    writer.byte(length);
  } else if (length <= 0xffff) {
    writer.byte(family + 2 + end);
    writer.room(2).writeUInt16LE(length);
  } else {
    writer.byte(family + 4 + end);
    writer.room(4).writeInt32LE(length);
  }
}
