import type {
  ConsideredRule,
  ExplainedAttribute,
  ExplainedContribution,
  ExpressionStep,
  FailingClause,
  TriedJoin,
} from '@adjoin/contracts';
import {
  imageOf,
  type Attributes,
  type ContributionVerdict,
  type ScopeClause,
  type TracedContribution,
  type TraceEvent,
} from '@adjoin/engine';
import { flowText } from '@adjoin/rule-files';
import type { Decision } from './decider.js';
import { ruleRefOf } from './explained-object.js';
import { namedObject } from './named-object.js';
import { namedValue } from './named-value.js';

type EventOf<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

export function consideredRuleOf(decision: Decision, event: EventOf<'rule'>): ConsideredRule[] {
  const rule = decision.plan.rule(event.rule);
  if (rule === undefined) return [];
  const attributes = scopeAttributes(decision, event.object);
  const failing = event.inScope ? [] : event.failing.map((clause) => failingClauseOf(decision, clause, attributes));
  const { connector, direction, precedence, linkType: link } = rule;
  return [
    {
      ...{ connector, direction, precedence, link, failing },
      rule: ruleRefOf(decision.plan, rule.id),
      object: event.object,
      inScope: event.inScope,
      reason: scopeReason(event, failing),
    },
  ];
}

function scopeReason({ inScope, holding }: EventOf<'rule'>, failing: readonly FailingClause[]): string {
  const clause = (one: Omit<FailingClause, 'seen'>): string => `${one.attribute} ${one.operator} ${one.value}`.trim();
  if (inScope) return holding.length === 0 ? 'It has no scope filter.' : `${holding.map(clause).join(' AND ')}.`;
  if (failing.length === 0) return 'The directory does not have the object.';
  return `Not ${failing.map((one) => `${clause(one)} (${seenText(one.seen)})`).join(', and not ')}.`;
}

const SEEN_LENGTH = 80;
function seenText(seen: FailingClause['seen']): string {
  if (seen === null) return 'it has no value';
  const text = typeof seen === 'object' ? JSON.stringify(seen) : String(seen);
  return `it is ${text.length > SEEN_LENGTH ? `${text.slice(0, SEEN_LENGTH)}…` : text}`;
}

/** Disabled rules for the type of an object: the decision does not consider them, and a person looks for them. */
export function disabledRulesOf(decision: Decision, id: string): ConsideredRule[] {
  const cs = decision.cs(id) ?? decision.before.cs(id);
  const mv = decision.mv(id) ?? decision.before.mv(id);
  return decision.plan.ruleSet.rules.flatMap((rule) => {
    const { connector, direction, precedence, linkType: link } = rule;
    const concerns =
      direction === 'inbound'
        ? cs != null && connector === cs.connector && rule.sourceType === cs.type
        : mv != null && rule.sourceType === mv.type;
    if (!rule.disabled || !concerns) return [];
    const base = { connector, direction, precedence, link, object: id, inScope: false, failing: [] };
    return [{ ...base, rule: ruleRefOf(decision.plan, rule.id), reason: 'The rule is disabled.' }];
  });
}

/** What scope filters read: the image of a connector-space object, or the metaverse values. */
function scopeAttributes(decision: Decision, id: string): Attributes {
  const cs = decision.cs(id) ?? decision.before.cs(id);
  if (cs != null) return { ...imageOf(cs), dn: cs.dn };
  return (decision.mv(id) ?? decision.before.mv(id))?.attributes ?? {};
}

function failingClauseOf(
  decision: Decision,
  { attribute, operator, value }: ScopeClause,
  attributes: Attributes,
): FailingClause {
  const name = Object.keys(attributes).find((one) => sameName(one, attribute));
  return { attribute, operator, value, seen: name === undefined ? null : namedValue(decision, attributes[name]) };
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
    result: namedValue(decision, result),
    contributions: event.contributions.map((one) => contributionOf(decision, attribute, one)),
  };
}

const REASON: Record<ContributionVerdict, string> = {
  won: 'Supplied the value.',
  merged: 'Added to the merged value.',
  outranked: 'A rule of higher precedence supplied the value.',
  null: 'Gave NULL, which contributes nothing.',
  ignored: 'Ignored: the flow gave IgnoreThisFlow, or applies only once.',
  'authoritative-null': 'AuthoritativeNull: the attribute has no value.',
  blocked: 'An AuthoritativeNull of higher precedence ended the search.',
  error: 'The expression failed.',
};

function contributionOf(decision: Decision, attribute: string, traced: TracedContribution): ExplainedContribution {
  const { plan } = decision;
  const flow = plan.rule(traced.rule)?.flows.find((one) => sameName(one.to, attribute));
  const text = flow?.kind === 'expression' ? flow.expression : '';
  return {
    rule: ruleRefOf(plan, traced.rule),
    precedence: traced.precedence,
    source: traced.source,
    verdict: traced.verdict,
    reason: traced.message ?? REASON[traced.verdict],
    flow: flow === undefined ? '' : flowText(flow),
    value: namedValue(decision, traced.value),
    steps: traced.steps.map((step) => stepOf(decision, step, text)),
  };
}

function stepOf(
  decision: Decision,
  { start, end, value }: TracedContribution['steps'][number],
  expression: string,
): ExpressionStep {
  return {
    ...{ start, end },
    text: expression.slice(start, end),
    kind: value.kind,
    value: value.kind === 'value' ? namedValue(decision, value.value) : null,
    message: value.kind === 'error' ? value.message : null,
  };
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
