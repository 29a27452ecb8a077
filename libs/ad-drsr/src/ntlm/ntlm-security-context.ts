import { createHash, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { SecretKey } from '../crypto/secret-buffer.js';
import { Rc4 } from '../crypto/rc4.js';
import type { SecurityContext } from '../dcerpc/authenticator.js';
import { hmacMd5 } from './ntlmv2.js';

const CLIENT_TO_SERVER = 'client-to-server';
const SERVER_TO_CLIENT = 'server-to-client';

/** One direction: [MS-NLMP] 3.4.5.2 SIGNKEY and 3.4.5.3 SEALKEY for 128 bits with extended session security. */
class Direction {
  /** A key object, because an HMAC from bytes takes four times as long; it shows no bytes either. */
  readonly #signKey: KeyObject;
  readonly #cipher: Rc4;
  #sequence = 0;

  constructor(sessionKey: Buffer, name: string) {
    const signKey = magicKey(sessionKey, `session key to ${name} signing key magic constant\0`);
    this.#signKey = createSecretKey(signKey);
    signKey.fill(0);
    const sealKey = magicKey(sessionKey, `session key to ${name} sealing key magic constant\0`);
    this.#cipher = new Rc4(sealKey);
    sealKey.fill(0);
  }

  apply(bytes: Buffer): void {
    this.#cipher.apply(bytes);
  }

  /**
   * NTLMSSP_MESSAGE_SIGNATURE ([MS-NLMP] 2.2.2.9.2, 3.4.4.2): Version u32 1 · Checksum u8[8] · SeqNum u32. The checksum is
   * encrypted with the cipher of the message, behind it. `plain` is what was or will be encrypted, and all around it.
   */
  checksum(plain: Buffer): { readonly sequence: Buffer; readonly digest: Buffer } {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return { sequence, digest: hmacMd5(this.#signKey, sequence, plain).subarray(0, 8) };
  }

  destroy(): void {
    this.#cipher.destroy();
  }
}

/** Sealing of [MS-NLMP] 3.4.3 with one cipher state for each direction of the connection. */
export class NtlmSecurityContext implements SecurityContext {
  readonly signatureLength = 16;
  readonly #sessionKey: SecretKey;
  readonly #sending: Direction;
  readonly #receiving: Direction;

  /** Takes the exported session key over. `role` tells which direction is which. */
  constructor(sessionKey: Buffer, role: 'client' | 'server' = 'client') {
    this.#sessionKey = new SecretKey(sessionKey);
    const [sends, receives] =
      role === 'client' ? [CLIENT_TO_SERVER, SERVER_TO_CLIENT] : [SERVER_TO_CLIENT, CLIENT_TO_SERVER];
    this.#sending = new Direction(sessionKey, sends);
    this.#receiving = new Direction(sessionKey, receives);
  }

  seal(pdu: Buffer, from: number, to: number): Buffer {
    const { sequence, digest } = this.#sending.checksum(pdu);
    this.#sending.apply(pdu.subarray(from, to));
    this.#sending.apply(digest);
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), digest, sequence]);
  }

  unseal(pdu: Buffer, from: number, to: number, signature: Buffer): boolean {
    this.#receiving.apply(pdu.subarray(from, to));
    const { sequence, digest } = this.#receiving.checksum(pdu);
    this.#receiving.apply(digest);
    const expected = Buffer.concat([Buffer.from([1, 0, 0, 0]), digest, sequence]);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }

  sessionKey(): Buffer {
    return this.#sessionKey.reveal();
  }

  destroy(): void {
    this.#sessionKey.destroy();
    this.#sending.destroy();
    this.#receiving.destroy();
  }
}

function magicKey(sessionKey: Buffer, magic: string): Buffer {
  return createHash('md5').update(sessionKey).update(magic, 'latin1').digest();
}
