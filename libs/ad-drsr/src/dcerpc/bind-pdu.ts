import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { NDR_SYNTAX, readSyntaxId, writeSyntaxId, type SyntaxId } from './syntax-id.js';

export interface BindBody {
  readonly maxTransmit: number;
  readonly maxReceive: number;
  readonly contextId: number;
  readonly interface: SyntaxId;
}

/**
 * Body of a bind PDU with one presentation context (DCE 1.1 RPC 12.6.4.3):
 *   max_xmit_frag u16 · max_recv_frag u16 · assoc_group_id u32 · n_context_elem u8 · reserved u8[3]
 *   p_cont_id u16 · n_transfer_syn u8 · reserved u8 · abstract_syntax · transfer_syntaxes[]
 */
export function encodeBind(bind: BindBody): Buffer {
  const writer = new NdrWriter().u16(bind.maxTransmit).u16(bind.maxReceive).u32(0).u8(1).u8(0).u16(0);
  writer.u16(bind.contextId).u8(1).u8(0);
  return writeSyntaxId(writeSyntaxId(writer, bind.interface), NDR_SYNTAX).done();
}

/** Counterpart of {@link encodeBind}; of several contexts the first one. */
export function decodeBind(body: Buffer): BindBody {
  const reader = new NdrReader(body);
  const [maxTransmit, maxReceive] = [reader.u16(), reader.u16()];
  reader.skip(8);
  const contextId = reader.u16();
  reader.skip(2);
  return { maxTransmit, maxReceive, contextId, interface: readSyntaxId(reader) };
}
