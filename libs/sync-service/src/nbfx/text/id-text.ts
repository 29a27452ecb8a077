import type { ByteReader } from '../byte-reader.js';
import type { ByteWriter } from '../byte-writer.js';

/** UniqueIdText and UuidText ([MC-NBFX] sections 2.2.3.22 and 2.2.3.24): Data1 to Data3 little-endian, Data4 as it is. */
export const UNIQUE_ID_TEXT = 0xac;
export const UUID_TEXT = 0xb0;
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** The UUID in its text form, lower case. */
export function readUuid(reader: ByteReader): string {
  const bytes = reader.take(16);
  const hex = ORDER.map((position) => bytes.toString('hex', position, position + 1)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function writeUuid(uuid: string, writer: ByteWriter): void {
  const source = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  const bytes = writer.room(16);
  for (const [index, position] of ORDER.entries()) bytes.writeUInt8(source.readUInt8(index), position);
}
