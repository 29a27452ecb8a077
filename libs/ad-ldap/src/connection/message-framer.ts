/** Largest LDAP message accepted; a 250,000-member group in one entry is about 60 MB. Beyond it the stream is out of step. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * Cuts a byte stream into LDAP messages (BER SEQUENCEs, RFC 4511 §5.1). Keeps the chunks of an unfinished message in a list and joins
 * them once, so that a message of n chunks costs O(n) and not O(n²); never recurses.
 */
export class MessageFramer {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = 2;

  /** Bytes of the unfinished message held back. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** Takes a chunk from the socket and returns the messages that it completes. Throws a RangeError when the stream is not LDAP. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return [];
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bytes);
    const messages: Buffer[] = [];
    for (;;) {
      const size = messageSize(buffer);
      if (size === undefined || buffer.length < size) {
        this.#needed = size ?? buffer.length + 1;
        break;
      }
      messages.push(buffer.subarray(0, size));
      buffer = buffer.subarray(size);
    }
    this.#chunks = buffer.length === 0 ? [] : [buffer];
    this.#bytes = buffer.length;
    if (this.#bytes === 0) this.#needed = 2;
    return messages;
  }
}

/** Size of the message at the start of the buffer with its header; undefined while the header is incomplete. */
function messageSize(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined;
  if (buffer.readUInt8(0) !== 0x30) throw new RangeError('not an LDAP message');
  const first = buffer.readUInt8(1);
  if (first < 0x80) return 2 + first;
  const lengthBytes = first & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4) throw new RangeError('LDAP message with an unusable length');
  if (buffer.length < 2 + lengthBytes) return undefined;
  const length = buffer.readUIntBE(2, lengthBytes);
  if (length > MAX_MESSAGE_BYTES) throw new RangeError(`LDAP message of ${String(length)} bytes`);
  return 2 + lengthBytes + length;
}
