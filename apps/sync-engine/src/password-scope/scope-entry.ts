import type { CompiledRuleSet } from '@adjoin/engine';
import type { CsDocument } from '@adjoin/spaces';

/** What is read of a connector-space object to decide whose password goes where. */
export type LinkedObject = Pick<
  CsDocument,
  '_id' | 'connector' | 'type' | 'anchor' | 'state' | 'importedDelete' | 'rules'
>;

/** A metaverse object with all that is linked to it. */
export interface LinkedPerson {
  readonly mv: string;
  readonly sourceAnchor: string | undefined;
  readonly objects: readonly LinkedObject[];
}

export interface ScopeEntry {
  readonly connector: string;
  readonly objectGuid: string;
  readonly sourceAnchor: string;
  readonly target: string;
  readonly cloudId?: string | undefined;
  readonly cs: string;
  readonly targetCs: string;
  readonly mv: string;
}

export interface ScopeRules {
  readonly plan: CompiledRuleSet;
  /** Connectors of the forests with password hash synchronization. */
  readonly sources: ReadonlySet<string>;
  readonly isTarget: (connector: string) => boolean;
}

/**
 * Whose password a person's cloud account gets: one AD user with an inbound rule that carries the password flag, to a target object with an outbound
 * rule that carries it. Of several AD accounts of a person the one whose flagged rule comes first in precedence gives the password.
 */
export function scopeEntry(person: LinkedPerson, rules: ScopeRules): ScopeEntry | undefined {
  const { plan, sources, isTarget } = rules;
  if (person.sourceAnchor === undefined) return undefined;
  const target = person.objects.find(
    (object) => isTarget(object.connector) && flagPrecedence(plan, object) !== undefined,
  );
  const source = person.objects
    .filter(
      ({ connector, type, state, importedDelete }) =>
        sources.has(connector) && type === 'user' && state === 'imported' && !importedDelete,
    )
    .map((object) => ({ object, precedence: flagPrecedence(plan, object) }))
    .filter(({ precedence }) => precedence !== undefined)
    .sort((a, b) => (a.precedence ?? 0) - (b.precedence ?? 0))[0]?.object;
  if (target === undefined || source?.anchor === undefined) return undefined;
  return {
    connector: source.connector,
    objectGuid: source.anchor.toLowerCase(),
    sourceAnchor: person.sourceAnchor,
    target: target.connector,
    ...(target.anchor === undefined ? {} : { cloudId: target.anchor }),
    cs: source._id,
    targetCs: target._id,
    mv: person.mv,
  };
}

/** Precedence of the first rule in force that carries the password flag; undefined: none does. */
function flagPrecedence(plan: CompiledRuleSet, { rules }: LinkedObject): number | undefined {
  for (const id of rules) {
    const rule = plan.rule(id);
    if (rule?.passwordSync === true && !rule.disabled) return rule.precedence;
  }
  return undefined;
}
