import { malformed } from '../drs-error.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { readAttributeTypes, writeAttributeTypes, type AttributeSet } from './attribute-set.js';
import { HANDLE_LENGTH } from './drs-bind.js';
import { readDsName, writeDsName, type DsName } from './ds-name.js';
import { readPrefixTable, writePrefixEntries, writePrefixTable } from './prefix-table.js';
import { readUpToDateVectorV1, writeUpToDateVectorV1, type UpToDateCursor } from './up-to-date-vector.js';
import { readUsnVector, writeUsnVector, type UsnVector } from './usn-vector.js';

/** DRS_OPTIONS bits ([MS-DRSR] 5.41). */
export const DRS_OPTIONS = { writableReplica: 0x10, initialSync: 0x20, neverSynced: 0x0020_0000 } as const;
/** EXOP_REQ codes ([MS-DRSR] 4.1.10.2.22): 0 = a cycle, 6 = one object with all requested attributes. */
export const EXTENDED_OPERATIONS = { none: 0, replicateObject: 6 } as const;

export interface GetChangesRequest {
  readonly destinationDsa: string;
  /** Invocation identifier that `from` belongs to: with another one the server starts from zero. */
  readonly invocationId: string;
  readonly namingContext: DsName;
  readonly from: UsnVector;
  readonly upToDate: readonly UpToDateCursor[] | undefined;
  readonly options: number;
  readonly maxObjects: number;
  readonly maxBytes: number;
  readonly extendedOperation: number;
  readonly attributes: AttributeSet;
}

export type GetChangesVersion = 8 | 10;

/**
 * IDL_DRSGetNCChanges ([MS-DRSR] 4.1.10): hDrs · dwInVersion u32 · union u32 · align 8 · DRS_MSG_GETCHGREQ_V8 (4.1.10.2.6):
 *   uuidDsaObjDest · uuidInvocIdSrc · pNC *DSNAME · usnvecFrom · pUpToDateVecDest *UPTODATE_VECTOR_V1_EXT · ulFlags u32 ·
 *   cMaxObjects u32 · cMaxBytes u32 · ulExtendedOp u32 · liFsmoInfo u64 · pPartialAttrSet *PARTIAL_ATTR_VECTOR_V1_EXT ·
 *   pPartialAttrSetEx * · PrefixTableDest; V10 (4.1.10.2.7) has ulMoreFlags u32 behind it.
 */
export function encodeGetChangesRequest(
  handle: Buffer,
  version: GetChangesVersion,
  request: GetChangesRequest,
): Buffer {
  const { attributes, upToDate } = request;
  const writer = new NdrWriter().bytes(handle).u32(version).u32(version).align(8);
  writer.guid(request.destinationDsa).guid(request.invocationId).pointer(true);
  writeUsnVector(writer, request.from).pointer(upToDate !== undefined);
  writer.u32(request.options).u32(request.maxObjects).u32(request.maxBytes).u32(request.extendedOperation).i64(0n);
  writePrefixTable(writer.pointer(true).pointer(false), attributes.prefixes);
  if (version === 10) writer.u32(0);
  writeDsName(writer, request.namingContext).align(4);
  if (upToDate !== undefined) writeUpToDateVectorV1(writer, upToDate);
  return writePrefixEntries(writeAttributeTypes(writer, attributes.types), attributes.prefixes).done();
}

export function decodeGetChangesRequest(stub: Buffer): GetChangesRequest {
  const reader = new NdrReader(stub);
  reader.skip(HANDLE_LENGTH);
  const version = reader.u32();
  if (reader.u32() !== version || (version !== 8 && version !== 10)) throw malformed('the version of a request');
  reader.align(8);
  const [destinationDsa, invocationId] = [reader.guid(), reader.guid()];
  reader.u32();
  const from = readUsnVector(reader);
  const hasUpToDate = reader.pointer();
  const [options, maxObjects, maxBytes, extendedOperation] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  reader.i64();
  reader.skip(8);
  const prefixes = readPrefixTable(reader);
  if (version === 10) reader.u32();
  const namingContext = readDsName(reader);
  const upToDate = hasUpToDate ? readUpToDateVectorV1(reader) : undefined;
  const attributes = { types: readAttributeTypes(reader), prefixes: prefixes() };
  return {
    ...{ destinationDsa, invocationId, namingContext, from, upToDate, options, maxObjects, maxBytes },
    ...{ extendedOperation, attributes },
  };
}
