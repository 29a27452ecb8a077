import { EvalTrace } from '../expression/trace.js';
import type { FlowGroup, SlotFlow } from '../sync-rules/flow-groups.js';
import type { FlowSource } from '../sync-rules/flow-source.js';
import { AUTHORITATIVE_NULL, IGNORE, type FlowValue } from '../sync-rules/flow-value.js';
import type { OnceRule } from './contest.js';
import { ObjectFailure } from './object-failure.js';
import type { ContributionVerdict, TracedContribution, TraceEvent, TraceSink } from './trace.js';

interface Standing {
  won: boolean;
  blocked: boolean;
}

/**
 * Explains the contest for one attribute: unlike the decision itself, it evaluates every flow, so that the losers are
 * shown with the values they would have given.
 */
export function traceContest(
  trace: TraceSink,
  object: string,
  group: FlowGroup,
  sources: readonly FlowSource[],
  once: OnceRule,
  direction: 'inbound' | 'outbound' = 'inbound',
): void {
  const standing: Standing = { won: false, blocked: false };
  const contributions = group.all.map((entry) => traceFlow(entry, group, sources, once, standing));
  const winner = contributions.find(({ verdict }) => verdict === 'won' || verdict === 'merged');
  const event: TraceEvent = {
    kind: 'attribute',
    direction,
    object,
    attribute: group.attribute,
    result: winner?.value,
    contributions,
  };
  trace(event);
}

function traceFlow(
  { flow, slot }: SlotFlow,
  group: FlowGroup,
  sources: readonly FlowSource[],
  once: OnceRule,
  standing: Standing,
): TracedContribution {
  const source = sources[slot];
  const base = { rule: flow.rule.id, precedence: flow.rule.precedence, source: source?.object.id ?? '' };
  const steps = new EvalTrace();
  try {
    const evaluate = (): FlowValue => (source === undefined ? null : flow.evaluate(source, steps));
    const value = flow.applyOnce ? once(flow, slot, evaluate) : evaluate();
    const verdict = verdictOf(value, group, standing);
    const shown = value === null || value === IGNORE || value === AUTHORITATIVE_NULL ? undefined : value;
    return { ...base, verdict, value: shown, steps: steps.steps };
  } catch (error) {
    if (!(error instanceof ObjectFailure)) throw error;
    return { ...base, verdict: 'error', message: error.message, steps: steps.steps };
  }
}

function verdictOf(value: FlowValue, group: FlowGroup, standing: Standing): ContributionVerdict {
  if (standing.blocked) return 'blocked';
  if (value === IGNORE) return 'ignored';
  if (value === null) return 'null';
  if (group.merging === 'replace' && standing.won) return 'outranked';
  if (value === AUTHORITATIVE_NULL) {
    standing.blocked = true;
    return 'authoritative-null';
  }
  standing.won = true;
  return group.merging === 'replace' ? 'won' : 'merged';
}
