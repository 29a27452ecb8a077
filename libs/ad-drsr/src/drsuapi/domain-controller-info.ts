import { malformed } from '../drs-error.js';
import { NdrReader } from '../ndr/ndr-reader.js';
import { NdrWriter } from '../ndr/ndr-writer.js';
import { HANDLE_LENGTH } from './drs-bind.js';

/** A domain controller of a domain. Names that the directory does not know are undefined. */
export interface DomainController {
  readonly netbiosName: string | undefined;
  readonly dnsName: string | undefined;
  readonly siteName: string | undefined;
  readonly isPdc: boolean;
  readonly isEnabled: boolean;
  readonly isGlobalCatalog: boolean;
  readonly computerGuid: string;
  /** The DSA GUID: objectGUID of its nTDSDSA object. */
  readonly dsaGuid: string;
}

/** IDL_DRSDomainControllerInfo ([MS-DRSR] 4.1.5), request version 1: hDrs · u32 1 · union 1 · Domain *WCHAR · InfoLevel u32 */
export function encodeDomainControllerInfoRequest(handle: Buffer, domain: string): Buffer {
  return new NdrWriter().bytes(handle).u32(1).u32(1).pointer(true).u32(2).wideString(domain).done();
}

/** The domain asked for. */
export function decodeDomainControllerInfoRequest(stub: Buffer): string {
  const reader = new NdrReader(stub);
  reader.skip(HANDLE_LENGTH + 4 * 4);
  return reader.wideString();
}

export interface DomainControllerInfoReply {
  readonly controllers: readonly DomainController[];
  readonly status: number;
}

const ITEM_SIZE = 7 * 4 + 3 * 4 + 4 * 16;

/**
 * Reply version 2 (4.1.5.1.5): pdwOutVersion u32 2 · union 2 · cItems u32 · *DS_DOMAIN_CONTROLLER_INFO_2W[] · return u32;
 * item (4.1.5.1.9): NetbiosName, DnsHostName, SiteName, SiteObjectName, ComputerObjectName, ServerObjectName,
 * NtdsDsaObjectName *WCHAR · fIsPdc, fDsEnabled, fIsGc u32 · SiteObjectGuid, ComputerObjectGuid, ServerObjectGuid, NtdsDsaObjectGuid
 */
export function encodeDomainControllerInfoReply(reply: DomainControllerInfoReply): Buffer {
  const { controllers } = reply;
  const writer = new NdrWriter()
    .u32(2)
    .u32(2)
    .u32(controllers.length)
    .pointer(controllers.length > 0);
  if (controllers.length > 0) writer.u32(controllers.length);
  for (const item of controllers) {
    for (const name of [item.netbiosName, item.dnsName, item.siteName]) writer.pointer(name !== undefined);
    for (let name = 0; name < 4; name++) writer.pointer(false);
    for (const flag of [item.isPdc, item.isEnabled, item.isGlobalCatalog]) writer.u32(flag ? 1 : 0);
    for (const guid of [item.dsaGuid, item.computerGuid, item.computerGuid, item.dsaGuid]) writer.guid(guid);
  }
  for (const name of controllers.flatMap((item) => [item.netbiosName, item.dnsName, item.siteName])) {
    if (name !== undefined) writer.wideString(name);
  }
  return writer.u32(reply.status).done();
}

export function decodeDomainControllerInfoReply(stub: Buffer): DomainControllerInfoReply {
  const reader = new NdrReader(stub);
  if (reader.u32() !== 2 || reader.u32() !== 2) throw malformed('the version of a list of domain controllers');
  const count = reader.u32();
  const controllers = reader.pointer() ? reader.arrayOf(count, ITEM_SIZE, () => readItem(reader)) : [];
  return { controllers: controllers.map((names) => names()), status: reader.u32() };
}

/** The fixed part of an item; the function it returns reads the names behind all items. */
function readItem(reader: NdrReader): () => DomainController {
  const named = Array.from({ length: 7 }, () => reader.pointer());
  const [isPdc, isEnabled, isGlobalCatalog] = [reader.u32() !== 0, reader.u32() !== 0, reader.u32() !== 0];
  reader.guid();
  const computerGuid = reader.guid();
  reader.guid();
  const dsaGuid = reader.guid();
  return () => {
    const names = named.map((present) => (present ? reader.wideString() : undefined));
    const [netbiosName, dnsName, siteName] = names;
    return { netbiosName, dnsName, siteName, isPdc, isEnabled, isGlobalCatalog, computerGuid, dsaGuid };
  };
}
