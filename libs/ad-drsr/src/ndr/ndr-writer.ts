import { guidBytes } from '../names/guid.js';

/** Writes NDR transfer syntax 2.0, little-endian; the counterpart of NdrReader. Padding is zero. */
export class NdrWriter {
  #bytes = Buffer.alloc(256);
  #length = 0;
  #referent = 0x20000;

  align(boundary: number): this {
    const over = this.#length % boundary;
    if (over !== 0) this.#grow(boundary - over);
    return this;
  }

  u8(value: number): this {
    this.#bytes.writeUInt8(value, this.#grow(1));
    return this;
  }

  u16(value: number): this {
    this.align(2);
    const at = this.#grow(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    this.align(4);
    const at = this.#grow(4);
    this.#bytes.writeUInt32LE(value >>> 0, at);
    return this;
  }

  i64(value: bigint): this {
    this.align(8);
    const at = this.#grow(8);
    this.#bytes.writeBigInt64LE(value, at);
    return this;
  }

  guid(value: string): this {
    return this.align(4).bytes(guidBytes(value));
  }

  bytes(value: Buffer): this {
    const at = this.#grow(value.length);
    value.copy(this.#bytes, at);
    return this;
  }

  /** A pointer: a fresh referent identifier when there is a referent, else null. */
  pointer(present: boolean): this {
    if (!present) return this.u32(0);
    this.#referent += 4;
    return this.u32(this.#referent);
  }

  /** A conformant array of bytes. */
  byteArray(value: Buffer): this {
    return this.u32(value.length).bytes(value);
  }

  /** `[string] WCHAR*`: conformant and varying, with a terminating null. */
  wideString(value: string): this {
    const bytes = Buffer.from(`${value}\0`, 'utf16le');
    const count = bytes.length / 2;
    return this.u32(count).u32(0).u32(count).bytes(bytes);
  }

  /** A copy of what was written. */
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  /** Makes room of zeros and returns where it begins. */
  #grow(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    return at;
  }
}
