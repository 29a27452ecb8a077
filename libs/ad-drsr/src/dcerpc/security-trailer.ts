import { malformed } from '../drs-error.js';
import { SECURITY_TRAILER_LENGTH, type PduHeader } from './pdu-header.js';

/** RPC_C_AUTHN_LEVEL_PKT_PRIVACY ([MS-RPCE] 2.2.1.1.8): every fragment is signed and encrypted. */
export const PACKET_PRIVACY = 6;

export interface SecurityTrailer {
  /** Security provider, [MS-RPCE] 2.2.1.1.7: 9 SPNEGO, 10 NTLM, 16 Kerberos. */
  readonly authType: number;
  readonly authLevel: number;
  /** Bytes of padding between the stub data and this trailer. */
  readonly padLength: number;
  readonly contextId: number;
}

/** sec_trailer ([MS-RPCE] 2.2.2.11): auth_type u8 · auth_level u8 · auth_pad_length u8 · auth_reserved u8 · auth_context_id u32 */
export function encodeSecurityTrailer(trailer: SecurityTrailer): Buffer {
  const bytes = Buffer.alloc(SECURITY_TRAILER_LENGTH);
  bytes.set([trailer.authType, trailer.authLevel, trailer.padLength, 0]);
  bytes.writeUInt32LE(trailer.contextId, 4);
  return bytes;
}

export function decodeSecurityTrailer(bytes: Buffer): SecurityTrailer {
  if (bytes.length < SECURITY_TRAILER_LENGTH) throw malformed('a security trailer is cut off');
  return {
    authType: bytes.readUInt8(0),
    authLevel: bytes.readUInt8(1),
    padLength: bytes.readUInt8(2),
    contextId: bytes.readUInt32LE(4),
  };
}

export interface AuthenticatedParts {
  readonly trailer: SecurityTrailer;
  /** Where the body ends and the trailer begins. */
  readonly bodyEnd: number;
  /** Where the authentication value begins; it ends the fragment. */
  readonly valueAt: number;
}

/** Finds trailer and authentication value of a whole fragment; undefined when it carries none. */
export function authenticatedParts(fragment: Buffer, header: PduHeader): AuthenticatedParts | undefined {
  if (header.authLength === 0) return undefined;
  const valueAt = fragment.length - header.authLength;
  const bodyEnd = valueAt - SECURITY_TRAILER_LENGTH;
  return { trailer: decodeSecurityTrailer(fragment.subarray(bodyEnd, valueAt)), bodyEnd, valueAt };
}
