import type { Attributes } from '../attribute/value.js';
import type { JoinGroup, SyncRule } from './model.js';
import { addJoinKeys, joinMatches } from './join-key.js';

/** Which side of a join condition is known: inbound searches the metaverse by a CS object, outbound the other way round. */
export type JoinDirection = SyncRule['direction'];

/** One group of conditions with the sides named by role. */
export interface CompiledJoinGroup {
  readonly conditions: readonly {
    readonly known: string;
    readonly searched: string;
    readonly caseSensitive: boolean;
  }[];
}

/** The join criteria of a rule; two rules with the same criteria have the same `identity`. */
export interface JoinCriteria {
  readonly identity: string;
  readonly groups: readonly CompiledJoinGroup[];
}

/** @returns undefined for a rule without join criteria */
export function compileJoin(groups: readonly JoinGroup[], direction: JoinDirection): JoinCriteria | undefined {
  const used = groups.filter((group) => group.length > 0);
  if (used.length === 0) return undefined;
  const inbound = direction === 'inbound';
  return {
    identity: JSON.stringify(
      used.map((group) => group.map((one) => [one.csAttribute, one.mvAttribute, one.caseSensitive])),
    ),
    groups: used.map((group) => ({
      conditions: group.map(({ csAttribute, mvAttribute, caseSensitive }) => ({
        known: inbound ? csAttribute : mvAttribute,
        searched: inbound ? mvAttribute : csAttribute,
        caseSensitive,
      })),
    })),
  };
}

/** Keys under which a group's candidates are found: those of its first condition; none when a source value is absent. */
export function candidateKeys(group: CompiledJoinGroup, known: Attributes): ReadonlySet<string> {
  const keys = new Set<string>();
  const [first] = group.conditions;
  if (first === undefined || group.conditions.some((condition) => known[condition.known] === undefined)) return keys;
  addJoinKeys(first.searched, known[first.known], keys);
  return keys;
}

/** True when every condition of the group holds for the candidate. */
export function groupMatches(group: CompiledJoinGroup, known: Attributes, candidate: Attributes): boolean {
  return group.conditions.every((condition) =>
    joinMatches(known[condition.known], candidate[condition.searched], condition.caseSensitive),
  );
}

/** True when at least one attribute of the criteria has a value: the guard of projection (declarative-provisioning.md §4). */
export function hasJoinValue(criteria: JoinCriteria, known: Attributes): boolean {
  return criteria.groups.some((group) => group.conditions.some((condition) => known[condition.known] !== undefined));
}
