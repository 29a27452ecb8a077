/**
 * RC4 ([RFC 6229] has its vectors): the cipher of NTLM sealing ([MS-NLMP] 3.4.3) and of replicated secrets
 * ([MS-DRSR] 4.1.10.6.17). OpenSSL 3 offers it only in its legacy provider. The state runs on between calls.
 */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  constructor(key: Buffer) {
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const held = state[i] ?? 0;
      j = (j + held + (key[i % key.length] ?? 0)) & 255;
      state[i] = state[j] ?? 0;
      state[j] = held;
    }
  }

  /** Encrypts or decrypts in place and returns the same buffer. */
  apply(bytes: Buffer): Buffer {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let at = 0; at < bytes.length; at++) {
      i = (i + 1) & 255;
      const x = state[i] as number;
      j = (j + x) & 255;
      const y = state[j] as number;
      state[i] = y;
      state[j] = x;
      bytes[at] = (bytes[at] as number) ^ (state[(x + y) & 255] as number);
    }
    this.#i = i;
    this.#j = j;
    return bytes;
  }

  /** Forgets the key. */
  destroy(): void {
    this.#state.fill(0);
  }
}
