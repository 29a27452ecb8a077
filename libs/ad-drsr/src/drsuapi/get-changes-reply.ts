import { SyncError } from '@adjoin/contracts';
import { malformed, win32Error } from '../drs-error.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { readDsName, writeDsName, type DsName } from './ds-name.js';
import { skipLinkValues, writeLinkValues, type LinkValue } from './link-values.js';
import { readObjectUpdates, writeObjectUpdates, type ObjectUpdate } from './object-update.js';
import { readPrefixTable, writePrefixEntries, writePrefixTable, type PrefixEntry } from './prefix-table.js';
import { readUpToDateVectorV2, writeUpToDateVectorV2, type UpToDateCursor } from './up-to-date-vector.js';
import { readUsnVector, writeUsnVector, type UsnVector } from './usn-vector.js';

/** EXOP_ERR_SUCCESS ([MS-DRSR] 4.1.10.2.21); 0 when no extended operation was asked for. */
export const EXTENDED_SUCCESS = 1;
/** EXOP_ERR_ACCESS_DENIED. */
export const EXTENDED_ACCESS_DENIED = 15;

export interface GetChangesReply {
  readonly sourceDsa: string;
  readonly invocationId: string;
  readonly namingContext: DsName | undefined;
  readonly from: UsnVector;
  readonly to: UsnVector;
  /** Only the last reply of a cycle has it. */
  readonly upToDate: readonly UpToDateCursor[] | undefined;
  readonly prefixes: readonly PrefixEntry[];
  readonly extendedResult: number;
  readonly objects: readonly ObjectUpdate[];
  readonly more: boolean;
  readonly linkValueCount: number;
}

/**
 * Reply of IDL_DRSGetNCChanges: pdwOutVersion u32 · union u32 · align 8 · DRS_MSG_GETCHGREPLY_V6 (4.1.10.2.12):
 *   uuidDsaObjSrc · uuidInvocIdSrc · pNC *DSNAME · usnvecFrom · usnvecTo · pUpToDateVecSrc *UPTODATE_VECTOR_V2_EXT ·
 *   PrefixTableSrc · ulExtendedRet u32 · cNumObjects u32 · cNumBytes u32 · pObjects *REPLENTINFLIST · fMoreData u32 ·
 *   cNumNcSizeObjects u32 · cNumNcSizeValues u32 · cNumValues u32 · rgValues *REPLVALINF_V1[] · dwDRSError u32
 * then return u32, which always is the last word of the stub.
 */
export function encodeGetChangesReply(
  reply: Omit<GetChangesReply, 'linkValueCount'>,
  links: readonly LinkValue[],
  status: number,
): Buffer {
  const writer = new NdrWriter().u32(6).u32(6).align(8);
  writer
    .guid(reply.sourceDsa)
    .guid(reply.invocationId)
    .pointer(reply.namingContext !== undefined);
  writeUsnVector(writeUsnVector(writer, reply.from), reply.to).pointer(reply.upToDate !== undefined);
  writePrefixTable(writer, reply.prefixes).u32(reply.extendedResult).u32(reply.objects.length).u32(0);
  writer.pointer(reply.objects.length > 0).u32(reply.more ? 1 : 0);
  writer
    .u32(0)
    .u32(0)
    .u32(links.length)
    .pointer(links.length > 0)
    .u32(0);
  if (reply.namingContext !== undefined) writeDsName(writer, reply.namingContext).align(4);
  if (reply.upToDate !== undefined) writeUpToDateVectorV2(writer, reply.upToDate);
  writePrefixEntries(writer, reply.prefixes);
  writeObjectUpdates(writer, reply.objects);
  if (links.length > 0) writeLinkValues(writer, links);
  return writer.u32(status).done();
}

/** Throws the coded error of the server's status, ADJ-PHS-7009 for another version, ADJ-PHS-7007 for a bad layout. */
export function decodeGetChangesReply(stub: Buffer): GetChangesReply {
  if (stub.length < 12) throw malformed('a reply is cut off');
  const status = stub.readUInt32LE(stub.length - 4);
  if (status !== 0) throw win32Error('Reading changes', status);
  const reader = new NdrReader(stub.subarray(0, stub.length - 4));
  const version = reader.u32();
  if (version !== 6) {
    const compressed = version === 2 || version === 7 ? ', compressed' : '';
    throw new SyncError('ADJ-PHS-7009', `The domain controller replied in version ${String(version)}${compressed}.`);
  }
  if (reader.u32() !== version) throw malformed('the version of a reply');
  reader.align(8);
  return readBody(reader);
}

function readBody(reader: NdrReader): GetChangesReply {
  const [sourceDsa, invocationId] = [reader.guid(), reader.guid()];
  const hasContext = reader.pointer();
  const [from, to] = [readUsnVector(reader), readUsnVector(reader)];
  const hasUpToDate = reader.pointer();
  const prefixTable = readPrefixTable(reader);
  const [extendedResult, objectCount] = [reader.u32(), reader.u32()];
  reader.u32();
  const hasObjects = reader.pointer();
  const more = reader.u32() !== 0;
  reader.skip(8);
  const linkCount = reader.u32();
  const hasLinks = reader.pointer();
  const drsError = reader.u32();
  if (drsError !== 0) throw win32Error('Reading changes', drsError);
  const namingContext = hasContext ? readDsName(reader) : undefined;
  const upToDate = hasUpToDate ? readUpToDateVectorV2(reader) : undefined;
  const prefixes = prefixTable();
  const objects = hasObjects ? readObjectUpdates(reader) : [];
  if (objects.length !== objectCount) throw malformed('the number of objects');
  const linkValueCount = hasLinks ? skipLinkValues(reader, linkCount) : 0;
  reader.align(4);
  reader.end();
  const names = { sourceDsa, invocationId, namingContext };
  return { ...names, from, to, upToDate, prefixes, extendedResult, objects, more, linkValueCount };
}
