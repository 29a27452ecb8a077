import { SyncError } from '@adjoin/contracts';
import type { ByteChannel } from '../transport/byte-channel.js';
import { decodeHeader, HEADER_LENGTH, type PduHeader } from './pdu-header.js';

export interface Fragment {
  readonly header: PduHeader;
  /** The whole fragment with its header. */
  readonly bytes: Buffer;
}

/** Cuts the stream of a connection into fragments. */
export class FragmentReader {
  readonly #channel: ByteChannel;
  #pending: Buffer = Buffer.alloc(0);

  constructor(channel: ByteChannel) {
    this.#channel = channel;
  }

  /** The next fragment. Throws ADJ-PHS-7006 when the stream ends and ADJ-PHS-7007 when it is not of this protocol. */
  async next(): Promise<Fragment> {
    await this.#need(HEADER_LENGTH);
    const header = decodeHeader(this.#pending);
    await this.#need(header.fragmentLength);
    const bytes = this.#pending.subarray(0, header.fragmentLength);
    this.#pending = this.#pending.subarray(header.fragmentLength);
    return { header, bytes };
  }

  async #need(length: number): Promise<void> {
    while (this.#pending.length < length) {
      const chunk = await this.#channel.read();
      if (chunk === undefined) {
        const when = this.#pending.length === 0 ? 'instead of an answer' : 'in the middle of an answer';
        throw new SyncError('ADJ-PHS-7006', `The domain controller closed the connection ${when}.`);
      }
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    }
  }
}
