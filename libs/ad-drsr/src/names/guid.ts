/** The GUID of nothing ([MS-DRSR] 5.142 NULLGUID). */
export const NULL_GUID = '00000000-0000-0000-0000-000000000000';

/** GUID bytes ([MS-DTYP] 2.3.4.2: three little-endian parts, then eight bytes) as lower-case text. Needs 16 bytes. */
export function guidText(bytes: Buffer): string {
  if (bytes.length !== 16) throw new RangeError(`a GUID has 16 bytes, not ${String(bytes.length)}`);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const tail = bytes.toString('hex', 8);
  const head = `${hex(bytes.readUInt32LE(0), 8)}-${hex(bytes.readUInt16LE(4), 4)}-${hex(bytes.readUInt16LE(6), 4)}`;
  return `${head}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Inverse of {@link guidText}; braces and case are accepted. Throws when the text is no GUID. */
export function guidBytes(text: string): Buffer {
  const hex = text.replace(/[{}-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a GUID: ${text}`);
  const bytes = Buffer.from(hex, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
