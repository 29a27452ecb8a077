import { randomBytes } from 'node:crypto';
import { SyncError } from '@adjoin/contracts';
import { Rc4 } from '../crypto/rc4.js';
import { SecretKey } from '../crypto/secret-buffer.js';
import type { Authenticator, SecurityContext } from '../dcerpc/authenticator.js';
import { encodeAuthenticate, setMic } from './authenticate-message.js';
import { AV_FLAG_MIC, AV_IDS, type AvPair } from './av-pair.js';
import { decodeChallenge, type NtlmChallenge } from './challenge-message.js';
import { encodeNegotiate } from './negotiate-message.js';
import { NtlmSecurityContext } from './ntlm-security-context.js';
import { OFFERED_FLAGS, REQUIRED_FLAGS } from './ntlm-flags.js';
import { hmacMd5, lmv2Response, ntHashOf, ntlmv2Key, ntlmv2Response } from './ntlmv2.js';

/** auth_type RPC_C_AUTHN_WINNT ([MS-RPCE] 2.2.1.1.7). */
const AUTH_TYPE_NTLM = 10;
const FILETIME_EPOCH_MS = 11_644_473_600_000n;

export interface NtlmLogin {
  /** NetBIOS or DNS name; empty when `user` is a user principal name. */
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

export interface NtlmSources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (length: number) => Buffer;
}

/** NTLMv2 with a message integrity code, signing, sealing and key exchange ([MS-NLMP]). For one connection. */
export class NtlmAuthenticator implements Authenticator {
  readonly authType = AUTH_TYPE_NTLM;
  readonly #login: Omit<NtlmLogin, 'password'>;
  readonly #key: SecretKey;
  readonly #sources: NtlmSources;
  readonly #negotiate = encodeNegotiate(OFFERED_FLAGS);

  constructor(login: NtlmLogin, sources: NtlmSources = { now: Date.now, random: randomBytes }) {
    this.#login = { domain: login.domain, user: login.user };
    const ntHash = ntHashOf(login.password);
    this.#key = new SecretKey(ntlmv2Key(ntHash, login.user, login.domain));
    ntHash.fill(0);
    this.#sources = sources;
  }

  start(): Buffer {
    return this.#negotiate;
  }

  finish(serverToken: Buffer): { readonly token: Buffer; readonly context: SecurityContext } {
    const challenge = decodeChallenge(serverToken);
    const missing = (REQUIRED_FLAGS & ~challenge.flags) >>> 0;
    if (missing !== 0) {
      throw new SyncError('ADJ-PHS-7014', `The domain controller lacks NTLM flags 0x${missing.toString(16)}.`);
    }
    const { lmResponse, ntResponse, sessionBaseKey, withMic } = this.#respond(challenge);
    const sessionKey = this.#sources.random(16);
    const message = encodeAuthenticate({
      flags: (challenge.flags & OFFERED_FLAGS) >>> 0,
      lmResponse,
      ntResponse,
      ...this.#login,
      workstation: '',
      encryptedSessionKey: new Rc4(sessionBaseKey).apply(Buffer.from(sessionKey)),
      mic: Buffer.alloc(16),
    });
    // [MS-NLMP] 3.1.5.1.2: over the three messages of the login, with zeros in place of the code.
    if (withMic) setMic(message, hmacMd5(sessionKey, this.#negotiate, serverToken, message));
    sessionBaseKey.fill(0);
    this.#key.destroy();
    return { token: message, context: new NtlmSecurityContext(sessionKey) };
  }

  /** [MS-NLMP] 3.1.5.1.2: a server that sends its time gets that time, an integrity code and an empty LM response. */
  #respond({ serverChallenge, targetInfo }: NtlmChallenge): {
    readonly lmResponse: Buffer;
    readonly ntResponse: Buffer;
    readonly sessionBaseKey: Buffer;
    readonly withMic: boolean;
  } {
    const serverTime = targetInfo.find(({ id }) => id === AV_IDS.timestamp)?.value;
    const withMic = serverTime?.length === 8;
    const input = {
      key: this.#key.reveal(),
      serverChallenge,
      clientChallenge: this.#sources.random(8),
      time: withMic ? serverTime : this.#ownTime(),
      targetInfo: withMic ? withMicFlag(targetInfo) : targetInfo,
    };
    const { response, sessionBaseKey } = ntlmv2Response(input);
    return {
      lmResponse: withMic ? Buffer.alloc(24) : lmv2Response(input),
      ntResponse: response,
      sessionBaseKey,
      withMic,
    };
  }

  #ownTime(): Buffer {
    const time = Buffer.alloc(8);
    time.writeBigUInt64LE((BigInt(Math.trunc(this.#sources.now())) + FILETIME_EPOCH_MS) * 10_000n);
    return time;
  }
}

function withMicFlag(targetInfo: readonly AvPair[]): AvPair[] {
  const value = Buffer.alloc(4);
  const given = targetInfo.find(({ id }) => id === AV_IDS.flags)?.value;
  value.writeUInt32LE(((given?.length === 4 ? given.readUInt32LE(0) : 0) | AV_FLAG_MIC) >>> 0);
  return [...targetInfo.filter(({ id }) => id !== AV_IDS.flags), { id: AV_IDS.flags, value }];
}
