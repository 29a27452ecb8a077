/*
 * [MS-DTYP] 2.4.2.2 SID: Revision (1 byte), SubAuthorityCount (1), IdentifierAuthority (6, high byte first),
 * SubAuthority (4 each, low byte first).
 */

/** Binary SID to `S-1-…`; undefined when the length does not fit. */
export function formatSid(bytes: Uint8Array): string | undefined {
  const count = bytes[1];
  if (count === undefined || count > 15 || bytes.length !== 8 + 4 * count) return undefined;
  // 48 bits fit into a number.
  let authority = 0;
  for (let index = 2; index < 8; index++) authority = authority * 256 + (bytes[index] ?? 0);
  let text = `S-${bytes[0]}-${authority}`;
  for (let at = 8; at < bytes.length; at += 4) text += `-${littleEndian(bytes, at)}`;
  return text;
}

function littleEndian(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return low + (bytes[at + 3] ?? 0) * 0x1000000;
}

/** `S-1-…` to the binary SID; undefined for another shape. */
export function parseSid(text: string): Uint8Array | undefined {
  const match = /^S-(\d{1,3})-(\d{1,15})((?:-\d{1,10}){0,15})$/i.exec(text);
  if (match === null) return undefined;
  const parts = (match[3] ?? '').split('-').slice(1).map(Number);
  const authority = BigInt(match[2] ?? 0);
  if (Number(match[1]) > 255 || authority >= 1n << 48n || parts.some((part) => part > 0xffffffff)) return undefined;
  const bytes = new Uint8Array(8 + 4 * parts.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number(match[1]) * 256 + parts.length);
  view.setUint16(2, Number(authority >> 32n));
  view.setUint32(4, Number(authority & 0xffffffffn));
  for (const [index, part] of parts.entries()) view.setUint32(8 + 4 * index, part, true);
  return bytes;
}
