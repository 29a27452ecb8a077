import { malformed } from '../drs-error.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { HANDLE_LENGTH } from './drs-bind.js';

/** DS_NAME_FORMAT ([MS-DRSR] 4.1.4.1.3) and the extra offered format of 4.1.4.1.2. */
export const NAME_FORMATS = {
  unknown: 0,
  distinguishedName: 1,
  nt4Account: 2,
  displayName: 3,
  guid: 6,
  canonical: 7,
  userPrincipalName: 8,
  sid: 11,
  sidText: 0xffff_fff4,
} as const;
export type NameFormat = keyof typeof NAME_FORMATS;

export interface CrackNamesRequest {
  readonly offered: number;
  readonly desired: number;
  readonly names: readonly string[];
}

/**
 * IDL_DRSCrackNames ([MS-DRSR] 4.1.4), request version 1 (4.1.4.1.2):
 *   hDrs · dwInVersion u32 1 · union 1 · CodePage u32 · LocaleId u32 · dwFlags u32 · formatOffered u32 · formatDesired u32 ·
 *   cNames u32 · rpNames *{max_count, *WCHAR string[]}
 */
export function encodeCrackNamesRequest(handle: Buffer, request: CrackNamesRequest): Buffer {
  const writer = new NdrWriter().bytes(handle).u32(1).u32(1).u32(0).u32(0).u32(0);
  writer.u32(request.offered).u32(request.desired).u32(request.names.length).pointer(true).u32(request.names.length);
  for (const _ of request.names) writer.pointer(true);
  for (const name of request.names) writer.wideString(name);
  return writer.done();
}

export function decodeCrackNamesRequest(stub: Buffer): CrackNamesRequest {
  const reader = new NdrReader(stub);
  reader.skip(HANDLE_LENGTH + 5 * 4);
  const [offered, desired, count] = [reader.u32(), reader.u32(), reader.u32()];
  if (!reader.pointer()) return { offered, desired, names: [] };
  const present = reader.arrayOf(count, 4, () => reader.pointer());
  return { offered, desired, names: present.map((is) => (is ? reader.wideString() : '')) };
}

/** DS_NAME_ERROR ([MS-DRSR] 4.1.4.1.8): 0 found, 1 resolving, 2 not found, 3 not unique, 4 no mapping, 5 only the domain. */
export interface CrackedName {
  readonly status: number;
  readonly domain: string | undefined;
  readonly name: string | undefined;
}

export interface CrackNamesReply {
  readonly names: readonly CrackedName[];
  readonly status: number;
}

/**
 * Reply version 1 (4.1.4.1.7): pdwOutVersion u32 1 · union 1 · pResult *DS_NAME_RESULTW {cItems u32 · *items[]} · return u32;
 * item (4.1.4.1.4): status u32 · pDomain *WCHAR · pName *WCHAR
 */
export function encodeCrackNamesReply(reply: CrackNamesReply): Buffer {
  const { names } = reply;
  const writer = new NdrWriter().u32(1).u32(1).pointer(true).u32(names.length).pointer(true).u32(names.length);
  for (const item of names) {
    writer
      .u32(item.status)
      .pointer(item.domain !== undefined)
      .pointer(item.name !== undefined);
  }
  for (const text of names.flatMap((item) => [item.domain, item.name])) {
    if (text !== undefined) writer.wideString(text);
  }
  return writer.u32(reply.status).done();
}

export function decodeCrackNamesReply(stub: Buffer): CrackNamesReply {
  const reader = new NdrReader(stub);
  if (reader.u32() !== 1 || reader.u32() !== 1) throw malformed('the version of resolved names');
  const items = reader.pointer() ? readItems(reader) : [];
  return { names: items, status: reader.u32() };
}

function readItems(reader: NdrReader): CrackedName[] {
  const count = reader.u32();
  if (!reader.pointer()) return [];
  const heads = reader.arrayOf(count, 12, () => ({
    status: reader.u32(),
    hasDomain: reader.pointer(),
    hasName: reader.pointer(),
  }));
  return heads.map(({ status, hasDomain, hasName }) => ({
    status,
    domain: hasDomain ? reader.wideString() : undefined,
    name: hasName ? reader.wideString() : undefined,
  }));
}
