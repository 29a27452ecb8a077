import type { AttributeValue } from '../attribute/value.js';

/** What an expression may know about the object it is evaluated on, and the sources of time and chance. */
export interface EvalContext {
  /** The value of an attribute of the source side; undefined when absent. */
  get(name: string): AttributeValue | undefined;
  /** The value last imported from the directory, without unconfirmed exports; undefined when absent. */
  getImported(name: string): AttributeValue | undefined;
  /**
   * The number of values of an attribute whose values are not at hand (large reference sets); asked by `Count`,
   * `ValueCount` and the presence tests when {@link EvalContext.get} gives undefined.
   */
  count?(name: string): number | undefined;
  /** The value of a parameter; undefined when the Connector has none of that name, which is an error. */
  parameter(name: string): string | bigint | boolean | undefined;
  readonly now: Date;
  /** A number from 0 up to but not including 1. */
  random(): number;
  /** A new random GUID as lower-case text. */
  newGuid(): string;
}

/** Result of a flow expression (declarative-provisioning.md §8). */
export type FlowResult =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'null' }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'authoritative-null' };

/** Parameters that exist for every AD Connector (expressions.md §8). */
export const intrinsicParameters: ReadonlyMap<string, bigint> = new Map([
  ['ADS_UF_ACCOUNTDISABLE', 0x2n],
  ['ADS_GROUP_TYPE_GLOBAL_GROUP', 0x2n],
  ['ADS_GROUP_TYPE_DOMAIN_LOCAL_GROUP', 0x4n],
  ['ADS_GROUP_TYPE_LOCAL_GROUP', 0x4n],
  ['ADS_GROUP_TYPE_UNIVERSAL_GROUP', 0x8n],
  ['ADS_GROUP_TYPE_SECURITY_ENABLED', 0x80000000n],
]);
