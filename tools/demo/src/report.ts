/** What exists on one side. A membership is one direct (group, member) pair with both ends counted. */
export interface Counts {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}

/** A difference between Active Directory and Entra ID. `attribute` is the Graph property, or `object` when one side has none. */
export interface Mismatch {
  readonly object: string;
  readonly attribute: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export const CHANGE_KINDS = [
  'attribute',
  'rename',
  'move',
  'disable',
  'member-add',
  'member-remove',
  'scope-out',
  'scope-in',
  'delete',
  'recreate',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A change in Active Directory: milliseconds from the LDAP answer to the first read of Graph that showed it. */
export interface ChangeLatency {
  readonly kind: ChangeKind;
  /** DN before the change. */
  readonly object: string;
  readonly latencyMs: number;
}

/** From the first LDAP read to the last acknowledgement of the target. */
export interface FullSync {
  /** Users and groups acknowledged. */
  readonly objects: number;
  readonly seconds: number;
  readonly objectsPerSecond: number;
}

/** The last line of the demo with `--json`. */
export interface DemoReport {
  readonly ad: Counts;
  readonly entra: Counts;
  readonly mismatches: readonly Mismatch[];
  /** Objects in scope that Microsoft Graph cannot hold, by type. */
  readonly unsupported: Readonly<Record<string, number>>;
  readonly changes: readonly ChangeLatency[];
  readonly fullSync: FullSync;
  /** From a requested delta import to its completion with zero changes; null when it did not complete so. */
  readonly noChangeSeconds: number | null;
  readonly peakRssMb: Readonly<Record<string, number>>;
  /** Processor milliseconds per 1000 objects of the full synchronization. */
  readonly cpuMsPer1000: Readonly<Record<string, number>>;
}

/** Rounds to a number of decimals. */
export function rounded(value: number, decimals = 0): number {
  return Number(value.toFixed(decimals));
}
