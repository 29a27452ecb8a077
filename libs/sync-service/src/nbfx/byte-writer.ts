/** Writes the basic structures of [MC-NBFX] section 2.1 into a growing buffer. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(size = 1024) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** What was written so far, copied. */
  done(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
  }

  /** Room for `count` more bytes, to be filled by the caller at once. */
  room(count: number): Buffer {
    if (this.#length + count > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    const part = this.#bytes.subarray(this.#length, this.#length + count);
    this.#length += count;
    return part;
  }

  byte(value: number): void {
    this.room(1).writeUInt8(value);
  }
  bytes(value: Uint8Array): void {
    this.room(value.length).set(value);
  }

  /** Section 2.1.2. @param value an integer of at most 31 bits */
  int31(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** Section 2.1.3. */
  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.int31(length);
    this.room(length).write(value, 'utf8');
  }
}
