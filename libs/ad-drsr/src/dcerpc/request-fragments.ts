import type { SecurityContext } from './authenticator.js';
import { CALL_PREFIX_LENGTH, encodeRequestPrefix } from './call-pdu.js';
import {
  encodeHeader,
  HEADER_LENGTH,
  PDU_TYPES,
  PFC_FIRST_FRAGMENT,
  PFC_LAST_FRAGMENT,
  SECURITY_TRAILER_LENGTH,
} from './pdu-header.js';
import { encodeSecurityTrailer, PACKET_PRIVACY } from './security-trailer.js';

/** [MS-RPCE] 2.2.2.11: the trailer stands at a multiple of 4; 16 suits every cipher and is what Windows does. */
const PADDING = 16;

export interface RpcRequest {
  readonly callId: number;
  readonly contextId: number;
  readonly operation: number;
  readonly stub: Buffer;
}

export interface RequestSecurity {
  readonly context: SecurityContext;
  readonly authType: number;
  readonly contextId: number;
}

/** Cuts a request into fragments of at most `maxFragment` bytes, each sealed; in the order they must be sent. */
export function requestFragments(request: RpcRequest, maxFragment: number, security?: RequestSecurity): Buffer[] {
  const { stub } = request;
  const overhead = HEADER_LENGTH + CALL_PREFIX_LENGTH;
  const trailing = security === undefined ? 0 : SECURITY_TRAILER_LENGTH + security.context.signatureLength;
  const room = Math.floor((maxFragment - overhead - trailing) / PADDING) * PADDING;
  const fragments: Buffer[] = [];
  let from = 0;
  do {
    const part = stub.subarray(from, from + room);
    const last = from + part.length === stub.length;
    const flags = (from === 0 ? PFC_FIRST_FRAGMENT : 0) | (last ? PFC_LAST_FRAGMENT : 0);
    fragments.push(fragment(request, part, flags, stub.length - from, security));
    from += part.length;
  } while (from < stub.length);
  return fragments;
}

function fragment(request: RpcRequest, part: Buffer, flags: number, left: number, security?: RequestSecurity): Buffer {
  const padLength = security === undefined ? 0 : (PADDING - (part.length % PADDING)) % PADDING;
  const authLength = security?.context.signatureLength ?? 0;
  const body = Buffer.concat([encodeRequestPrefix({ ...request, allocHint: left }), part, Buffer.alloc(padLength)]);
  const trailer =
    security === undefined
      ? Buffer.alloc(0)
      : encodeSecurityTrailer({
          authType: security.authType,
          authLevel: PACKET_PRIVACY,
          padLength,
          contextId: security.contextId,
        });
  const fragmentLength = HEADER_LENGTH + body.length + trailer.length + authLength;
  const header = encodeHeader({ type: PDU_TYPES.request, flags, fragmentLength, authLength, callId: request.callId });
  const pdu = Buffer.concat([header, body, trailer]);
  if (security === undefined) return pdu;
  const sealedTo = HEADER_LENGTH + body.length;
  return Buffer.concat([pdu, security.context.seal(pdu, HEADER_LENGTH + CALL_PREFIX_LENGTH, sealedTo)]);
}
