/** objectSid bytes ([MS-DTYP] 2.4.2.2: revision, count, 48-bit authority big-endian, 32-bit parts little-endian) as `S-1-5-…`. */
export function sidText(bytes: Buffer): string {
  const count = bytes.length < 8 ? -1 : bytes.readUInt8(1);
  if (count < 0 || bytes.length !== 8 + 4 * count) throw new RangeError(`not a SID: ${String(bytes.length)} bytes`);
  const parts = Array.from({ length: count }, (_unused, index) => bytes.readUInt32LE(8 + 4 * index));
  return ['S', bytes.readUInt8(0), bytes.readUIntBE(2, 6), ...parts].join('-');
}
