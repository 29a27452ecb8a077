import type { DecisionFailure, ExplainedObject, MadeLink, RuleRef } from '@adjoin/contracts';
import type { CompiledRuleSet, CsObject, MvObject, SyncObjectError, TraceEvent } from '@adjoin/engine';
import { mvName } from '../metaverse/mv-document.js';

export const csSubject = (cs: CsObject): ExplainedObject => ({
  id: cs.id,
  space: 'connector',
  connector: cs.connector,
  type: cs.type,
  name: cs.dn,
});

export const mvSubject = (mv: MvObject): ExplainedObject => ({
  id: mv.id,
  space: 'metaverse',
  connector: null,
  type: mv.type,
  name: mvName({ _id: mv.id, attributes: mv.attributes }),
});

export const ruleRefOf = (plan: CompiledRuleSet, id: string): RuleRef => ({ id, name: plan.rule(id)?.name ?? id });

export function failureOf(plan: CompiledRuleSet, error: SyncObjectError | undefined): DecisionFailure | null {
  if (error === undefined) return null;
  const { code, message, rule, attribute } = error;
  return { code, message, rule: rule === undefined ? null : ruleRefOf(plan, rule), attribute: attribute ?? null };
}

/** The links a decision made or ended. */
export const linksOf = (plan: CompiledRuleSet, events: readonly TraceEvent[]): MadeLink[] =>
  events.flatMap((event) =>
    event.kind === 'link'
      ? [
          {
            object: event.object,
            metaverse: event.mv,
            action: event.action,
            rule: event.rule === undefined ? null : ruleRefOf(plan, event.rule),
          },
        ]
      : [],
  );
