import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { decodeExtensions, encodeExtensions, type DrsExtensions } from './drs-extensions.js';

/** Operation numbers of drsuapi ([MS-DRSR] 4.1). */
export const DRS_OPERATIONS = {
  bind: 0,
  unbind: 1,
  getNcChanges: 3,
  crackNames: 12,
  domainControllerInfo: 16,
} as const;
/** What a client that is no DC names itself ([MS-DRSR] 5.138 NTDSAPI_CLIENT_GUID). */
export const CLIENT_GUID = 'e24d201a-4fd6-11d1-a3da-0000f875ae0d';
/** Length of DRS_HANDLE, an RPC context handle ([MS-DRSR] 5.40). */
export const HANDLE_LENGTH = 20;

export interface DrsBindRequest {
  readonly client: string;
  readonly extensions: DrsExtensions;
}

/** IDL_DRSBind ([MS-DRSR] 4.1.3): puuidClientDsa *UUID · pextClient *DRS_EXTENSIONS {max_count · cb u32 · rgb u8[cb]} */
export function encodeDrsBindRequest(request: DrsBindRequest): Buffer {
  const bytes = encodeExtensions(request.extensions);
  const writer = new NdrWriter().pointer(true).guid(request.client).pointer(true);
  return writer.u32(bytes.length).u32(bytes.length).bytes(bytes).done();
}

export function decodeDrsBindRequest(stub: Buffer): DrsBindRequest {
  const reader = new NdrReader(stub);
  reader.u32();
  const client = reader.guid();
  reader.u32();
  reader.u32();
  return { client, extensions: decodeExtensions(reader.bytes(reader.u32())) };
}

export interface DrsBindReply {
  /** Undefined when the call failed. */
  readonly extensions: DrsExtensions | undefined;
  readonly handle: Buffer;
  readonly status: number;
}

/** ppextServer **DRS_EXTENSIONS · phDrs u8[20] · return u32 */
export function encodeDrsBindReply(reply: DrsBindReply): Buffer {
  const writer = new NdrWriter().pointer(reply.extensions !== undefined);
  if (reply.extensions !== undefined) {
    const bytes = encodeExtensions(reply.extensions);
    writer.u32(bytes.length).u32(bytes.length).bytes(bytes);
  }
  return writer.align(4).bytes(reply.handle).u32(reply.status).done();
}

export function decodeDrsBindReply(stub: Buffer): DrsBindReply {
  const reader = new NdrReader(stub);
  const bytes = reader.pointer() ? readExtensions(reader) : undefined;
  reader.align(4);
  const handle = Buffer.from(reader.bytes(HANDLE_LENGTH));
  return { extensions: bytes && decodeExtensions(bytes), handle, status: reader.u32() };
}

function readExtensions(reader: NdrReader): Buffer {
  reader.u32();
  return reader.bytes(reader.u32());
}

/** IDL_DRSUnbind ([MS-DRSR] 4.1.25): phDrs u8[20]. Its reply is of no interest: the connection is closed behind it. */
export function encodeDrsUnbindRequest(handle: Buffer): Buffer {
  return Buffer.from(handle);
}
