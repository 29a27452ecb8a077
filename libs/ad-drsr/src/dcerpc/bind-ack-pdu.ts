import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { NDR_SYNTAX, readSyntaxId, writeSyntaxId, type SyntaxId } from './syntax-id.js';

export interface BindAckBody {
  /** The largest fragments the server sends and takes. */
  readonly maxTransmit: number;
  readonly maxReceive: number;
  /** Answer to the one context that was offered: 0 = accepted. */
  readonly result: number;
  readonly reason: number;
  readonly transferSyntax: SyntaxId;
}

/**
 * Body of a bind_ack PDU (DCE 1.1 RPC 12.6.4.4):
 *   max_xmit_frag u16 · max_recv_frag u16 · assoc_group_id u32 · sec_addr {length u16, characters} · align 4
 *   n_results u8 · reserved u8[3] · {result u16, reason u16, transfer_syntax}[]
 */
export function encodeBindAck(ack: BindAckBody): Buffer {
  const writer = new NdrWriter().u16(ack.maxTransmit).u16(ack.maxReceive).u32(1).u16(0).align(4);
  writer.u8(1).u8(0).u16(0).u16(ack.result).u16(ack.reason);
  return writeSyntaxId(writer, ack.transferSyntax).done();
}

export function decodeBindAck(body: Buffer): BindAckBody {
  const reader = new NdrReader(body);
  const [maxTransmit, maxReceive] = [reader.u16(), reader.u16()];
  reader.skip(4);
  reader.skip(reader.u16());
  reader.align(4);
  const results = reader.u8();
  reader.skip(3);
  if (results === 0) return { maxTransmit, maxReceive, result: 2, reason: 0, transferSyntax: NDR_SYNTAX };
  return { maxTransmit, maxReceive, result: reader.u16(), reason: reader.u16(), transferSyntax: readSyntaxId(reader) };
}
