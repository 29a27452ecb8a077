import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';

/** Bytes before the stub data of request and response, without the common header. */
export const CALL_PREFIX_LENGTH = 8;

/**
 * What stands before the stub data of a request (DCE 1.1 RPC 12.6.4.9): alloc_hint u32 · p_cont_id u16 · opnum u16.
 */
export interface RequestPrefix {
  /** Bytes of stub data in this and the following fragments. */
  readonly allocHint: number;
  readonly contextId: number;
  readonly operation: number;
}

export function encodeRequestPrefix(prefix: RequestPrefix): Buffer {
  return new NdrWriter().u32(prefix.allocHint).u16(prefix.contextId).u16(prefix.operation).done();
}

export function decodeRequestPrefix(body: Buffer): RequestPrefix {
  const reader = new NdrReader(body);
  return { allocHint: reader.u32(), contextId: reader.u16(), operation: reader.u16() };
}

/** The same of a response (12.6.4.10): alloc_hint u32 · p_cont_id u16 · cancel_count u8 · reserved u8. */
export function encodeResponsePrefix(prefix: Omit<RequestPrefix, 'operation'>): Buffer {
  return new NdrWriter().u32(prefix.allocHint).u16(prefix.contextId).u16(0).done();
}

/** Body of a fault (12.6.4.7): like a response, then status u32 · reserved u8[4]. */
export function encodeFault(status: number): Buffer {
  return new NdrWriter().u32(0).u16(0).u16(0).u32(status).u32(0).done();
}

/** The status of a fault; 0 is never one. */
export function decodeFault(body: Buffer): number {
  const reader = new NdrReader(body);
  reader.skip(CALL_PREFIX_LENGTH);
  return reader.u32();
}
