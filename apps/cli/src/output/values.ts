import type { WireChanges, WireScalar, WireValue } from '@adjoin/contracts';

/** Text of a GUID from its stored bytes (first three groups little-endian, [MS-DTYP] 2.3.4). */
function guidText(bytes: Buffer): string {
  const hex = (from: number, to: number, reverse: boolean): string => {
    const part = Buffer.from(bytes.subarray(from, to));
    return (reverse ? part.reverse() : part).toString('hex');
  };
  return [hex(0, 4, true), hex(4, 6, true), hex(6, 8, true), hex(8, 10, false), hex(10, 16, false)].join('-');
}

/** Text of a SID ([MS-DTYP] 2.4.2.2), or undefined when the bytes are none. */
function sidText(bytes: Buffer): string | undefined {
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || bytes.length !== 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return `S-1-${bytes.readUIntBE(2, 6)}${parts.map((part) => `-${part}`).join('')}`;
}

function scalarText(name: string, value: WireScalar): string {
  if (typeof value !== 'object') return String(value);
  if ('$int' in value) return value.$int;
  if ('$ref' in value) return value.dn ?? value.$ref;
  const bytes = Buffer.from(value.$binary, 'base64');
  if (/guid$/i.test(name) && bytes.length === 16) return guidText(bytes);
  return (/sid$/i.test(name) ? sidText(bytes) : undefined) ?? `${value.$binary} (base64)`;
}

/** An attribute value for people; GUIDs and SIDs are written as such. */
export function valueText(name: string, value: WireValue | null): string {
  if (value === null) return '(cleared)';
  return Array.isArray(value) ? value.map((one) => scalarText(name, one)).join('; ') : scalarText(name, value);
}

/** Rows for a table of attributes. */
export const attributeRows = (values: WireChanges): { name: string; value: string }[] =>
  Object.entries(values).map(([name, value]) => ({ name, value: valueText(name, value) }));

/** Seconds as people say them. */
export function ageText(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
