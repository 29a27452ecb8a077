import { Rc4 } from '../crypto/rc4.js';
import type { SecurityContext } from '../dcerpc/authenticator.js';
import { decodeAuthenticate } from '../ntlm/authenticate-message.js';
import { AV_IDS } from '../ntlm/av-pair.js';
import { encodeChallenge } from '../ntlm/challenge-message.js';
import { decodeNegotiate } from '../ntlm/negotiate-message.js';
import { NtlmSecurityContext } from '../ntlm/ntlm-security-context.js';
import { hmacMd5, ntHashOf, ntlmv2Key } from '../ntlm/ntlmv2.js';

export interface FakeAccount {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

/** The server's side of an NTLMv2 login, with constants in place of randomness. */
export class FakeNtlmServer {
  readonly #account: FakeAccount;
  #first: Buffer = Buffer.alloc(0);
  #second: Buffer = Buffer.alloc(0);
  context: SecurityContext | undefined;
  sessionKey: Buffer | undefined;

  constructor(account: FakeAccount) {
    this.#account = account;
  }

  challenge(negotiate: Buffer): Buffer {
    this.#first = Buffer.from(negotiate);
    this.#second = encodeChallenge({
      flags: decodeNegotiate(negotiate),
      serverChallenge: Buffer.alloc(8, 3),
      targetName: this.#account.domain,
      targetInfo: [
        { id: 2, value: Buffer.from(this.#account.domain, 'utf16le') },
        { id: AV_IDS.timestamp, value: Buffer.alloc(8, 1) },
      ],
    });
    return this.#second;
  }

  /** No context when the response or the integrity code is wrong. */
  finish(token: Buffer): void {
    const message = decodeAuthenticate(token);
    const { domain, password } = this.#account;
    const key = ntlmv2Key(ntHashOf(password), message.user, domain);
    const proof = hmacMd5(key, Buffer.alloc(8, 3), message.ntResponse.subarray(16));
    if (message.user !== this.#account.user || !proof.equals(message.ntResponse.subarray(0, 16))) return;
    const sessionKey = new Rc4(hmacMd5(key, proof)).apply(Buffer.from(message.encryptedSessionKey));
    const unsigned = Buffer.from(token);
    unsigned.fill(0, 72, 88);
    if (!hmacMd5(sessionKey, this.#first, this.#second, unsigned).equals(message.mic)) return;
    this.sessionKey = Buffer.from(sessionKey);
    this.context = new NtlmSecurityContext(sessionKey, 'server');
  }
}
