import { isBytes, isRef, type AttributeValue, type Scalar } from '@adjoin/engine';
import { isWireRef, type WireScalar, type WireValue } from '@adjoin/contracts';

/** Wire form → engine value. `refId` turns the anchor of a reference into a connector-space id. */
export function fromWire(value: WireValue, refId: (anchor: string) => string): AttributeValue {
  return Array.isArray(value) ? value.map((scalar) => scalarFromWire(scalar, refId)) : scalarFromWire(value, refId);
}

function scalarFromWire(value: WireScalar, refId: (anchor: string) => string): Scalar {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'object') return value;
  if (isWireRef(value))
    return value.dn === undefined ? { ref: refId(value.$ref) } : { ref: refId(value.$ref), dn: value.dn };
  if ('$int' in value) return BigInt(value.$int);
  return Buffer.from(value.$binary, 'base64');
}

/** Engine value → wire form. `refAnchor` gives the anchor of a referenced object. */
export function toWire(value: AttributeValue, refAnchor: (id: string) => string): WireValue {
  return Array.isArray(value)
    ? value.map((scalar: Scalar) => scalarToWire(scalar, refAnchor))
    : scalarToWire(value as Scalar, refAnchor);
}

function scalarToWire(value: Scalar, refAnchor: (id: string) => string): WireScalar {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : { $int: value.toString() };
  }
  if (isBytes(value)) return { $binary: Buffer.from(value).toString('base64') };
  if (isRef(value)) return { $ref: refAnchor(value.ref) };
  return value;
}
