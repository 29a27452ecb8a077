import { imageOf } from '../connector-space/image.js';
import type { Attributes } from '../attribute/value.js';
import { candidateKeys, groupMatches, type JoinCriteria } from '../sync-rules/join-criteria.js';
import type { SyncRule } from '../sync-rules/model.js';
import type { CsObject, MvObject } from './model.js';
import { ObjectFailure } from './object-failure.js';
import type { Transaction } from './transaction.js';

/** Raises the error for rules in scope that would join in different ways. */
export function assertSameCriteria(conflict: readonly [SyncRule, SyncRule] | undefined): void {
  if (conflict === undefined) return;
  const [first, second] = conflict;
  const direction = first.direction === 'inbound' ? 'Inbound' : 'Outbound';
  const message = `The ${direction} sync rules in scope have different join criteria: "${first.name}" and "${second.name}".`;
  throw new ObjectFailure('different-join-criteria', message, { rule: second.id });
}

/**
 * Tries the groups in order; the first with exactly one match wins (declarative-provisioning.md §4).
 * All groups are asked for before the first is decided, so that missing data is reported together.
 */
function uniqueMatch<T extends { readonly id: string }>(
  txn: Transaction,
  criteria: JoinCriteria,
  known: { readonly id: string; readonly rule: string; readonly attributes: Attributes },
  search: (key: string) => readonly string[],
  candidate: (id: string) => { readonly object: T; readonly attributes: Attributes } | undefined,
): T | undefined {
  const found = criteria.groups.map((group) => {
    const ids = new Set<string>();
    for (const key of candidateKeys(group, known.attributes)) for (const id of search(key)) ids.add(id);
    return { group, ids };
  });
  for (const [index, { group, ids }] of found.entries()) {
    const matches: T[] = [];
    for (const id of ids) {
      const one = candidate(id);
      if (one !== undefined && groupMatches(group, known.attributes, one.attributes)) matches.push(one.object);
    }
    txn.trace?.({
      kind: 'join',
      rule: known.rule,
      object: known.id,
      group: index,
      matches: matches.map(({ id }) => id),
    });
    const [only] = matches;
    if (only !== undefined && matches.length === 1) return only;
  }
  return undefined;
}

/** Searches the metaverse for the object a connector-space object belongs to. */
export function findMetaverseObject(
  txn: Transaction,
  criteria: JoinCriteria,
  rule: SyncRule,
  cs: CsObject,
  image: Attributes,
): MvObject | undefined {
  return uniqueMatch(
    txn,
    criteria,
    { id: cs.id, rule: rule.id, attributes: image },
    (key) => txn.mvByKey(key),
    (id) => {
      const mv = txn.getMv(id);
      if (mv === null || (rule.targetType !== '*' && mv.type !== rule.targetType)) return undefined;
      return { object: mv, attributes: mv.attributes };
    },
  );
}

/** Searches a target connector space for a disjoined object that belongs to a metaverse object. */
export function findDisconnector(
  txn: Transaction,
  criteria: JoinCriteria,
  rule: SyncRule,
  mv: Pick<MvObject, 'id' | 'attributes'>,
): CsObject | undefined {
  return uniqueMatch(
    txn,
    criteria,
    { id: mv.id, rule: rule.id, attributes: mv.attributes },
    (key) => txn.csByKey(rule.connector, key),
    (id) => {
      const cs = txn.getCs(id);
      if (cs === null || cs.connector !== rule.connector || cs.type !== rule.targetType || !isFree(cs))
        return undefined;
      return { object: cs, attributes: imageOf(cs) };
    },
  );
}

/** A disconnector that may be linked; one whose delete is already on its way may not. */
export function isFree(cs: CsObject): boolean {
  return (
    cs.link === undefined &&
    cs.state !== 'placeholder' &&
    !cs.importedDelete &&
    cs.inFlight !== 'delete' &&
    cs.unconfirmed?.operation !== 'delete'
  );
}
