import { malformed } from '../drs-error.js';
import { guidText } from '../names/guid.js';

/**
 * Reads NDR transfer syntax 2.0, little-endian (DCE 1.1 RPC chapter 14, [MS-RPCE] 2.2.4). Every primitive aligns itself
 * relative to the start of the buffer. Throws ADJ-PHS-7007 instead of reading past the end.
 */
export class NdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  align(boundary: number): void {
    const over = this.#at % boundary;
    if (over !== 0) this.skip(boundary - over);
  }

  skip(length: number): void {
    this.#take(length);
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    this.align(2);
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  u32(): number {
    this.align(4);
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  i64(): bigint {
    this.align(8);
    return this.#bytes.readBigInt64LE(this.#take(8));
  }

  guid(): string {
    this.align(4);
    const from = this.#take(16);
    return guidText(this.#bytes.subarray(from, from + 16));
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** A unique or reference pointer inside a structure: whether its referent follows. */
  pointer(): boolean {
    return this.u32() !== 0;
  }

  /**
   * The maximum count before a conformant array. Refuses counts that the rest of the buffer cannot hold, so that a
   * corrupted count never allocates memory.
   */
  conformance(elementSize: number): number {
    const count = this.u32();
    if (count * elementSize > this.remaining) throw malformed(`an array of ${String(count)} elements is cut off`);
    return count;
  }

  /** A conformant array whose length was also given by `declared`. */
  arrayOf<T>(declared: number, elementSize: number, read: () => T): T[] {
    const count = this.conformance(elementSize);
    if (count !== declared) throw malformed(`an array has ${String(count)} elements instead of ${String(declared)}`);
    return Array.from({ length: count }, read);
  }

  /** A conformant byte array whose length was also given by `declared`; a view, not a copy. */
  byteArray(declared: number): Buffer {
    const count = this.conformance(1);
    if (count !== declared) throw malformed(`a value has ${String(count)} bytes instead of ${String(declared)}`);
    return this.bytes(count);
  }

  /** `[string] WCHAR*`: conformant and varying, with its terminating null. */
  wideString(): string {
    this.u32();
    const offset = this.u32();
    const count = this.conformance(2);
    if (offset !== 0) throw malformed('a string does not begin at its start');
    return this.bytes(2 * count)
      .toString('utf16le')
      .replace(/\0$/, '');
  }

  /** Fails unless everything was read. */
  end(): void {
    if (this.remaining !== 0) throw malformed(`${String(this.remaining)} bytes too many`);
  }

  #take(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw malformed('it ends too early');
    this.#at = from + length;
    return from;
  }
}
