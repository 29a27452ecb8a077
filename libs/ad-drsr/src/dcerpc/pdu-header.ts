import { malformed } from '../drs-error.js';

/** PDU types of the connection-oriented protocol (DCE 1.1 RPC 12.6.3) that this client sends or receives. */
export const PDU_TYPES = { request: 0, response: 2, fault: 3, bind: 11, bindAck: 12, bindNak: 13, auth3: 16 } as const;
export const PFC_FIRST_FRAGMENT = 0x01;
export const PFC_LAST_FRAGMENT = 0x02;
export const HEADER_LENGTH = 16;
const MINOR_VERSIONS = new Set([0, 1]);
const LITTLE_ENDIAN = 0x10;

export interface PduHeader {
  readonly type: number;
  readonly flags: number;
  /** Length of the whole fragment with header and authentication. */
  readonly fragmentLength: number;
  /** Length of the authentication value behind the security trailer; 0 = no trailer. */
  readonly authLength: number;
  readonly callId: number;
}

/**
 * Common header (DCE 1.1 RPC 12.6.3.1):
 *   rpc_vers u8 5 · rpc_vers_minor u8 · PTYPE u8 · pfc_flags u8 · packed_drep u8[4] · frag_length u16 · auth_length u16 · call_id u32
 */
export function encodeHeader(header: PduHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH);
  bytes.set([5, 0, header.type, header.flags, LITTLE_ENDIAN]);
  bytes.writeUInt16LE(header.fragmentLength, 8);
  bytes.writeUInt16LE(header.authLength, 10);
  bytes.writeUInt32LE(header.callId, 12);
  return bytes;
}

/** Throws ADJ-PHS-7007 when the bytes are no header of this protocol, little-endian. */
export function decodeHeader(bytes: Buffer): PduHeader {
  if (bytes.length < HEADER_LENGTH) throw malformed('a header is cut off');
  if (bytes[0] !== 5 || !MINOR_VERSIONS.has(bytes[1] ?? -1)) throw malformed('it is not DCE RPC 5');
  if (bytes[4] !== LITTLE_ENDIAN) throw malformed('it is not little-endian');
  const header = {
    type: bytes.readUInt8(2),
    flags: bytes.readUInt8(3),
    fragmentLength: bytes.readUInt16LE(8),
    authLength: bytes.readUInt16LE(10),
    callId: bytes.readUInt32LE(12),
  };
  const least = HEADER_LENGTH + (header.authLength === 0 ? 0 : SECURITY_TRAILER_LENGTH + header.authLength);
  if (header.fragmentLength < least) throw malformed('a fragment is shorter than its parts');
  return header;
}

/** Length of sec_trailer ([MS-RPCE] 2.2.2.11), which stands before every authentication value. */
export const SECURITY_TRAILER_LENGTH = 8;
