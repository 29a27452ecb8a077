/** objectGUID bytes ([MS-DTYP] 2.3.4.2: three little-endian parts, then eight bytes) as lower-case text. Throws on any other length. */
export function guidText(bytes: Buffer): string {
  if (bytes.length !== 16) throw new RangeError(`a GUID has 16 bytes, not ${String(bytes.length)}`);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const tail = bytes.toString('hex', 8);
  return `${hex(bytes.readUInt32LE(0), 8)}-${hex(bytes.readUInt16LE(4), 4)}-${hex(bytes.readUInt16LE(6), 4)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Inverse of {@link guidText}; braces and case are accepted. Throws when the text is no GUID. */
export function guidBytes(text: string): Buffer {
  const hex = text.replace(/[{}-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a GUID: ${text}`);
  const raw = Buffer.from(hex, 'hex');
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(raw.readUInt32BE(0), 0);
  bytes.writeUInt16LE(raw.readUInt16BE(4), 4);
  bytes.writeUInt16LE(raw.readUInt16BE(6), 6);
  raw.copy(bytes, 8, 8);
  return bytes;
}

/** Search base that names an object by GUID ([MS-ADTS] 3.1.1.3.1.2.4), whatever its DN has become. */
export const guidDn = (guid: string): string => `<GUID=${guid}>`;
