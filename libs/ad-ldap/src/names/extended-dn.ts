/** `<GUID=…>;<SID=…>;DN` as a domain controller writes a DN under the extended-DN control ([MS-ADTS] 3.1.1.3.4.1.5). */
export interface ExtendedDn {
  /** Lower-case text; undefined when the control was not honoured. */
  readonly guid: string | undefined;
  readonly sid: string | undefined;
  readonly dn: string;
}

const GUID = /^<GUID=([0-9a-fA-F-]{36}|[0-9a-fA-F]{32})>;?/;
const SID = /^<SID=([^>]*)>;?/;
const OTHER = /^<[A-Za-z_]+=[^>]*>;?/;

export function parseExtendedDn(text: string): ExtendedDn {
  let rest = text;
  const guid = GUID.exec(rest);
  if (guid !== null) rest = rest.slice(guid[0].length);
  const sid = SID.exec(rest);
  if (sid !== null) rest = rest.slice(sid[0].length);
  // Samba adds further components (RMD_…) for its own tools.
  for (let other = OTHER.exec(rest); other !== null; other = OTHER.exec(rest)) rest = rest.slice(other[0].length);
  return { guid: guid?.[1]?.toLowerCase(), sid: sid?.[1], dn: rest };
}
