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
    this.#reserve(count);
    const part = this.#bytes.subarray(this.#length, this.#length + count);
    this.#length += count;
    return part;
  }

  // Most of a message is single bytes and short strings: they are written in place, a view for each would cost more than the bytes.
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
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
    this.utf8(value, length);
  }

  /** @param length bytes of the text in UTF-8 */
  utf8(value: string, length: number): void {
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length, length, 'utf8');
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
