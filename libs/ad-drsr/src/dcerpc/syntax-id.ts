import type { NdrReader } from '../ndr/ndr-reader.js';
import type { NdrWriter } from '../ndr/ndr-writer.js';

/** p_syntax_id_t (DCE 1.1 RPC 12.6.3.1): if_uuid · if_version u32 (major in the low, minor in the high half). */
export interface SyntaxId {
  readonly uuid: string;
  readonly version: number;
}

/** NDR transfer syntax 2.0, the only one this client speaks. */
export const NDR_SYNTAX: SyntaxId = { uuid: '8a885d04-1ceb-11c9-9fe8-08002b104860', version: 2 };
/** The endpoint mapper (DCE 1.1 RPC appendix O). */
export const EPM_INTERFACE: SyntaxId = { uuid: 'e1af8308-5d1f-11c9-91a4-08002b14a0fa', version: 3 };
/** drsuapi ([MS-DRSR] 1.9). */
export const DRSUAPI_INTERFACE: SyntaxId = { uuid: 'e3514235-4b06-11d1-ab04-00c04fc2dcd2', version: 4 };

export function writeSyntaxId(writer: NdrWriter, syntax: SyntaxId): NdrWriter {
  return writer.guid(syntax.uuid).u32(syntax.version);
}

export function readSyntaxId(reader: NdrReader): SyntaxId {
  return { uuid: reader.guid(), version: reader.u32() };
}
