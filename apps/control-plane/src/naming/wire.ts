import { isWireRef, type WireChanges, type WireScalar, type WireValue } from '@adjoin/contracts';

/** A stored attribute value as it travels in answers; undefined for what is not an attribute value. */
export function toWire(value: unknown): WireValue | undefined {
  if (!Array.isArray(value)) return scalar(value);
  const items = value.map(scalar).filter((item) => item !== undefined);
  return items;
}

function scalar(value: unknown): WireScalar | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? value : String(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: value.toString() };
    case 'object':
      return value === null ? undefined : objectScalar(value);
    default:
      return undefined;
  }
}

function objectScalar(value: object): WireScalar {
  if (value instanceof Uint8Array) return { $binary: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return value.toISOString();
  if ('_bsontype' in value && value._bsontype === 'Binary' && 'buffer' in value && value.buffer instanceof Uint8Array) {
    return { $binary: Buffer.from(value.buffer).toString('base64') };
  }
  if (isWireRef(value)) return { $ref: value.$ref, ...(value.dn === undefined ? {} : { dn: value.dn }) };
  if ('ref' in value && typeof value.ref === 'string') {
    return { $ref: value.ref, ...('dn' in value && typeof value.dn === 'string' ? { dn: value.dn } : {}) };
  }
  return JSON.stringify(value);
}

/** All attributes of an object, in name order. */
export function attributesToWire(attributes: Readonly<Record<string, unknown>>): Record<string, WireValue> {
  const out: Record<string, WireValue> = {};
  for (const name of Object.keys(attributes).sort()) {
    const value = toWire(attributes[name]);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

/** Changes of an export: null = cleared. */
export function changesToWire(changes: Readonly<Record<string, unknown>>): WireChanges {
  const out: WireChanges = {};
  for (const name of Object.keys(changes).sort()) out[name] = toWire(changes[name]) ?? null;
  return out;
}

/** An instant from a stored date, number of milliseconds or ISO text. */
export function toInstant(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === 'bigint' || typeof value === 'number') return new Date(Number(value)).toISOString();
  if (typeof value !== 'string') return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
