import { malformed } from '../drs-error.js';
import { NULL_GUID } from '../names/guid.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';

/** Bits of DRS_EXTENSIONS_INT.dwFlags ([MS-DRSR] 5.39) that matter here. Deflate bits are never offered: replies stay plain V6. */
export const DRS_EXTENSION_FLAGS = {
  base: 0x0000_0001,
  dcInfoV2: 0x0000_0800,
  instanceTypeNotRequired: 0x0000_1000,
  strongEncryption: 0x0000_8000,
  getChangesRequestV8: 0x0100_0000,
  getChangesReplyV6: 0x0400_0000,
  getChangesRequestV10: 0x2000_0000,
} as const;

export interface DrsExtensions {
  readonly flags: number;
  readonly siteGuid: string;
  readonly replicationEpoch: number;
}

/**
 * DRS_EXTENSIONS_INT ([MS-DRSR] 5.39) behind its cb:
 *   dwFlags u32 · SiteObjGuid · Pid u32 · dwReplEpoch u32 · dwFlagsExt u32 · ConfigObjGUID · dwExtCaps u32
 * Older and newer peers send fewer or more bytes.
 */
export function encodeExtensions(extensions: DrsExtensions): Buffer {
  const writer = new NdrWriter()
    .u32(extensions.flags)
    .guid(extensions.siteGuid)
    .u32(0)
    .u32(extensions.replicationEpoch);
  return writer.u32(0).guid(NULL_GUID).u32(0xffff_ffff).done();
}

export function decodeExtensions(bytes: Buffer): DrsExtensions {
  if (bytes.length < 4) throw malformed('the extensions of a domain controller');
  const reader = new NdrReader(bytes);
  const flags = reader.u32();
  if (bytes.length < 28) return { flags, siteGuid: NULL_GUID, replicationEpoch: 0 };
  const siteGuid = reader.guid();
  reader.u32();
  return { flags, siteGuid, replicationEpoch: reader.u32() };
}
