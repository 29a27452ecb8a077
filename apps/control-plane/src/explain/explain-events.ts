import type {
  ConsideredRule,
  ExplainedAttribute,
  ExplainedContribution,
  ExplainedObject,
  ExpressionStep,
  FailingClause,
  TriedJoin,
} from '@adjoin/contracts';
import {
  imageOf,
  type Attributes,
  type CompiledRuleSet,
  type ContributionVerdict,
  type ScopeClause,
  type TracedContribution,
  type TraceEvent,
} from '@adjoin/engine';
import { flowText } from '@adjoin/rule-files';
import { toWire } from '../naming/wire.js';
import type { Decision } from './decider.js';
import { csSubject, mvSubject, ruleRefOf } from './explained-object.js';

type EventOf<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

/** An object of either space, as it is after the decision, or as it was when the decision removed it. */
export function namedObject(decision: Decision, id: string): ExplainedObject | undefined {
  const cs = decision.cs(id) ?? decision.before.cs(id);
  if (cs != null) return csSubject(cs);
  const mv = decision.mv(id) ?? decision.before.mv(id);
  return mv == null ? undefined : mvSubject(mv);
}

export function consideredRuleOf(decision: Decision, event: EventOf<'rule'>): ConsideredRule[] {
  const rule = decision.plan.rule(event.rule);
  if (rule === undefined) return [];
  const attributes = scopeAttributes(decision, event.object);
  const { connector, direction, precedence, linkType: link } = rule;
  return [
    {
      ...{ connector, direction, precedence, link },
      rule: ruleRefOf(decision.plan, rule.id),
      object: event.object,
      inScope: event.inScope,
      failing: event.inScope ? [] : event.failing.map((clause) => failingClauseOf(clause, attributes)),
    },
  ];
}

/** What scope filters read: the image of a connector-space object, or the metaverse values. */
function scopeAttributes(decision: Decision, id: string): Attributes {
  const cs = decision.cs(id) ?? decision.before.cs(id);
  if (cs != null) return { ...imageOf(cs), dn: cs.dn };
  return (decision.mv(id) ?? decision.before.mv(id))?.attributes ?? {};
}

function failingClauseOf({ attribute, operator, value }: ScopeClause, attributes: Attributes): FailingClause {
  const name = Object.keys(attributes).find((one) => sameName(one, attribute));
  return { attribute, operator, value, seen: name === undefined ? null : (toWire(attributes[name]) ?? null) };
}

export function triedJoinOf(decision: Decision, event: EventOf<'join'>): TriedJoin {
  const group = decision.plan.rule(event.rule)?.join[event.group] ?? [];
  return {
    rule: ruleRefOf(decision.plan, event.rule),
    object: event.object,
    group: event.group,
    conditions: group.map(({ csAttribute, mvAttribute }) => `${csAttribute} = ${mvAttribute}`),
    matches: event.matches.flatMap((id) => namedObject(decision, id) ?? []),
  };
}

export function explainedAttributeOf(decision: Decision, event: EventOf<'attribute'>): ExplainedAttribute {
  const { direction, object, attribute } = event;
  const merged = event.contributions.some(({ verdict }) => verdict === 'merged');
  // A merged value has several contributors; the event names the first one's.
  const result = merged && direction === 'inbound' ? decision.mv(object)?.attributes[attribute] : event.result;
  return {
    ...{ direction, object, attribute },
    result: result === undefined ? null : (toWire(result) ?? null),
    contributions: event.contributions.map((one) => contributionOf(decision.plan, attribute, one)),
  };
}

const REASON: Record<ContributionVerdict, string> = {
  won: 'Supplied the value.',
  merged: 'Added to the merged value.',
  outranked: 'A rule of higher precedence supplied the value.',
  null: 'Gave no value.',
  ignored: 'Ignored: the flow gave IgnoreThisFlow, or applies only once.',
  'authoritative-null': 'AuthoritativeNull: the attribute has no value.',
  blocked: 'An AuthoritativeNull of higher precedence ended the search.',
  error: 'The expression failed.',
};

function contributionOf(plan: CompiledRuleSet, attribute: string, traced: TracedContribution): ExplainedContribution {
  const flow = plan.rule(traced.rule)?.flows.find((one) => sameName(one.to, attribute));
  const text = flow?.kind === 'expression' ? flow.expression : '';
  return {
    rule: ruleRefOf(plan, traced.rule),
    precedence: traced.precedence,
    source: traced.source,
    verdict: traced.verdict,
    reason: traced.message ?? REASON[traced.verdict],
    flow: flow === undefined ? '' : flowText(flow),
    value: traced.value === undefined ? null : (toWire(traced.value) ?? null),
    steps: traced.steps.map((step) => stepOf(step, text)),
  };
}

function stepOf({ start, end, value }: TracedContribution['steps'][number], expression: string): ExpressionStep {
  return {
    ...{ start, end },
    text: expression.slice(start, end),
    kind: value.kind,
    value: value.kind === 'value' ? (toWire(value.value) ?? null) : null,
    message: value.kind === 'error' ? value.message : null,
  };
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
