import { z } from 'zod';

/**
 * Attribute values as they travel in messages and REST answers: text, Booleans and safe integers as JSON;
 * integers beyond 2^53 as `{"$int"}`, bytes as `{"$binary"}` (base64), references as `{"$ref", "dn"?}`.
 * `$ref` is an anchor of the same connector (objectGUID text in lower case, cloud object id). An array is a multi-valued
 * attribute, also with one element.
 */
export const wireScalar = z.union([
  z.string(),
  z.number().int(),
  z.boolean(),
  z.object({ $int: z.string() }).strict(),
  z.object({ $binary: z.string() }).strict(),
  z.object({ $ref: z.string(), dn: z.string().optional() }).strict(),
]);
export type WireScalar = z.infer<typeof wireScalar>;
export const wireValue = z.union([wireScalar, z.array(wireScalar)]);
export type WireValue = z.infer<typeof wireValue>;
/** `null` = the attribute has been cleared. */
export const wireChanges = z.record(z.string(), wireValue.nullable());
export type WireChanges = z.infer<typeof wireChanges>;

export interface WireRef {
  readonly $ref: string;
  readonly dn?: string | undefined;
}
export function isWireRef(value: unknown): value is WireRef {
  return typeof value === 'object' && value !== null && '$ref' in value;
}
