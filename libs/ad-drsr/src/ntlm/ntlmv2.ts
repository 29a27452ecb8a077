import { createHmac, type KeyObject } from 'node:crypto';
import { md4 } from '../crypto/md4.js';
import { encodeAvPairs, type AvPair } from './av-pair.js';

export const hmacMd5 = (key: Buffer | KeyObject, ...parts: Buffer[]): Buffer => {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

/** NTOWFv1 ([MS-NLMP] 3.3.1): MD4 of the password in UTF-16LE. */
export function ntHashOf(password: string): Buffer {
  const wide = Buffer.from(password, 'utf16le');
  const hash = md4(wide);
  wide.fill(0);
  return hash;
}

/** NTOWFv2 ([MS-NLMP] 3.3.2). */
export function ntlmv2Key(ntHash: Buffer, user: string, domain: string): Buffer {
  return hmacMd5(ntHash, Buffer.from(user.toUpperCase() + domain, 'utf16le'));
}

export interface Ntlmv2Input {
  readonly key: Buffer;
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  /** FILETIME, eight bytes. */
  readonly time: Buffer;
  readonly targetInfo: readonly AvPair[];
}

/**
 * NTLMv2 response ([MS-NLMP] 3.3.2 and 2.2.2.7): NTProofStr, then
 *   RespType u8 1 · HiRespType u8 1 · Reserved u8[6] · TimeStamp u8[8] · ChallengeFromClient u8[8] · Reserved u8[4] · AvPairs · zero u32
 */
export function ntlmv2Response(input: Ntlmv2Input): { readonly response: Buffer; readonly sessionBaseKey: Buffer } {
  const start = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const pairs = encodeAvPairs(input.targetInfo);
  const blob = Buffer.concat([start, input.time, input.clientChallenge, Buffer.alloc(4), pairs, Buffer.alloc(4)]);
  const proof = hmacMd5(input.key, input.serverChallenge, blob);
  return { response: Buffer.concat([proof, blob]), sessionBaseKey: hmacMd5(input.key, proof) };
}

/** LMv2 response ([MS-NLMP] 3.3.2). */
export function lmv2Response(input: Pick<Ntlmv2Input, 'key' | 'serverChallenge' | 'clientChallenge'>): Buffer {
  const proof = hmacMd5(input.key, input.serverChallenge, input.clientChallenge);
  return Buffer.concat([proof, input.clientChallenge]);
}
