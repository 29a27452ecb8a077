import { isAscii } from 'node:buffer';
import { SyncError } from '@adjoin/contracts';

/** Names and most values are short and ASCII; the general decoder costs several times as much for them. */
const SHORT = 256;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that are not .NET binary XML. */
export function malformed(what: string, at: number): SyncError {
  return new SyncError('ADJ-EXP-3102', `Not .NET binary XML: ${what} at byte ${at}.`);
}

/** Reads the basic structures of [MC-NBFX] section 2.1 from bytes. Every method throws ADJ-EXP-3102 when they end too early. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next `count` bytes, not copied. */
  take(count: number): Buffer {
    if (count < 0 || count > this.#bytes.length - this.#at)
      throw malformed(`${count} bytes expected, ${this.#bytes.length - this.#at} left`, this.#at);
    const part = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw malformed('1 byte expected, 0 left', this.#at);
    this.#at += 1;
    return value;
  }

  /** Section 2.1.2: 7 bits a byte, lowest first, at most 31 bits. */
  int31(): number {
    const start = this.#at;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x07) throw malformed('an integer of more than 31 bits', start);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed('an integer of more than 5 bytes', start);
  }

  utf8(length: number): string {
    const start = this.#at;
    const bytes = this.take(length);
    try {
      if (length < SHORT && isAscii(bytes)) return bytes.toString('latin1');
      return UTF8.decode(bytes);
    } catch (cause) {
      throw Object.assign(malformed('text that is not UTF-8', start), { cause });
    }
  }

  utf16(length: number): string {
    if (length % 2 !== 0) throw malformed('UTF-16 text of an odd length', this.#at);
    return this.take(length).toString('utf16le');
  }

  /** Section 2.1.3: length as int31, then UTF-8. */
  string(): string {
    return this.utf8(this.int31());
  }
}
