import { isWireRef, type WireScalar, type WireValue } from '@adjoin/contracts';
import { toWire } from '../naming/wire.js';
import type { Decision } from './decider.js';
import { namedObject } from './named-object.js';

/** A value as it travels in answers; a reference without a DN gets the name of its object where that is known. */
export function namedValue(decision: Decision, value: unknown): WireValue | null {
  const wire = value === undefined ? undefined : toWire(value);
  if (wire === undefined) return null;
  return Array.isArray(wire) ? wire.map((one) => named(decision, one)) : named(decision, wire);
}

function named(decision: Decision, value: WireScalar): WireScalar {
  if (!isWireRef(value) || value.dn !== undefined) return value;
  const object = namedObject(decision, value.$ref);
  return object === undefined ? value : { $ref: value.$ref, dn: object.name };
}
