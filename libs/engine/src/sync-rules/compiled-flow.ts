import type { AttributeValue } from '../attribute/value.js';
import { compileExpression } from '../expression/expression.js';
import { ExpressionError } from '../expression/problem.js';
import type { EvalTrace } from '../expression/trace.js';
import { ObjectFailure } from '../sync/object-failure.js';
import type { FlowSource } from './flow-source.js';
import { AUTHORITATIVE_NULL, constantValue, fitsAsIs, IGNORE, shapeValue, type FlowValue } from './flow-value.js';
import type { AttributeDefinition, AttributeFlow, MergeType, SyncRule } from './model.js';
import { nullWithout } from './null-without.js';
import type { RuleProblem } from './rule-problem.js';

/** `replace`: the winner supplies the whole value; the others: union of all contributors (declarative-provisioning.md §7). */
export type Merging = 'replace' | 'union' | 'union-ignore-case';

const mergingOf: Readonly<Record<MergeType, Merging>> = {
  Update: 'replace',
  Replace: 'replace',
  Merge: 'union',
  MergeCaseInsensitive: 'union-ignore-case',
};

/** One attribute flow, ready to run. */
export interface CompiledFlow {
  readonly rule: SyncRule;
  readonly to: string;
  readonly merging: Merging;
  readonly applyOnce: boolean;
  /** Equal for two flows to the same target that always give the same result on the same object. */
  readonly sameness: string;
  /** Source attributes: read, and read as imported. */
  readonly attributes: readonly string[];
  /** The part of them read by ImportedValue. */
  readonly imported: readonly string[];
  /** Source attribute of a direct flow. */
  readonly direct: string | undefined;
  /** When all of these attributes are absent the flow gives NULL; undefined: it may give something else. */
  readonly nullWithout: readonly string[] | undefined;
  /** @throws ObjectFailure */
  evaluate(source: FlowSource, trace?: EvalTrace): FlowValue;
}

export interface FlowCompilation {
  readonly flow: CompiledFlow | undefined;
  readonly problems: readonly RuleProblem[];
}

export interface FlowEnvironment {
  /** Names of the parameters the connector knows. */
  readonly parameters: ReadonlySet<string>;
  readonly target: AttributeDefinition | undefined;
  /** Compile a broken flow into one that fails on every object. */
  readonly allowInvalid: boolean;
}

type RawEvaluation = (source: FlowSource, trace?: EvalTrace) => FlowValue;

/** Compiles a flow; a broken one gives problems and, when allowed, a flow that raises the problem on each object. */
export function compileFlow(
  rule: SyncRule,
  flow: AttributeFlow,
  field: string,
  environment: FlowEnvironment,
): FlowCompilation {
  const raw = compileRaw(rule, flow, field, environment);
  if (raw.problems.length === 0) return { flow: build(rule, flow, raw, environment.target), problems: [] };
  const message = raw.problems.map((problem) => problem.message).join(' ');
  const fail = (): never => {
    throw new ObjectFailure('invalid-rule', `Rule "${rule.name}" cannot compute ${flow.to}: ${message}`, {
      rule: rule.id,
      attribute: flow.to,
    });
  };
  const broken = {
    evaluate: fail,
    attributes: [],
    sameness: `invalid\u0000${rule.id}`,
    direct: undefined,
    nullWithout: undefined,
  };
  return { flow: environment.allowInvalid ? build(rule, flow, broken, undefined) : undefined, problems: raw.problems };
}

interface RawFlow {
  readonly evaluate: RawEvaluation;
  readonly attributes: readonly string[];
  readonly imported?: readonly string[] | undefined;
  readonly sameness: string;
  readonly direct: string | undefined;
  readonly nullWithout: readonly string[] | undefined;
}

function compileRaw(
  rule: SyncRule,
  flow: AttributeFlow,
  field: string,
  environment: FlowEnvironment,
): RawFlow & { readonly problems: readonly RuleProblem[] } {
  switch (flow.kind) {
    case 'direct': {
      const { from } = flow;
      return {
        evaluate: (source) => source.read(from) ?? null,
        attributes: [from],
        sameness: `d\u0000${from}`,
        direct: from,
        nullWithout: from === 'dn' ? undefined : [from],
        problems: [],
      };
    }
    case 'constant': {
      const value = constantValue(flow.value, environment.target);
      const problems =
        value === undefined
          ? [
              {
                rule: rule.id,
                field: `${field}.value`,
                message: `"${flow.value}" is no ${environment.target?.type ?? 'text'}, which ${flow.to} holds.`,
              },
            ]
          : [];
      return {
        evaluate: () => value ?? null,
        attributes: [],
        sameness: `c\u0000${flow.value}`,
        direct: undefined,
        nullWithout: undefined,
        problems,
      };
    }
    case 'expression':
      return compileExpressionFlow(rule, flow, field, environment);
  }
}

function compileExpressionFlow(
  rule: SyncRule,
  flow: AttributeFlow & { readonly kind: 'expression' },
  field: string,
  environment: FlowEnvironment,
): RawFlow & { readonly problems: readonly RuleProblem[] } {
  const sameness = `e\u0000${flow.expression.trim()}`;
  const compiled = compileExpression(flow.expression, { parameters: environment.parameters });
  if (!compiled.ok) {
    const problems = compiled.errors.map(({ message, start, end }) => ({
      rule: rule.id,
      field: `${field}.expression`,
      message,
      start,
      end,
    }));
    return { evaluate: () => null, attributes: [], sameness, direct: undefined, nullWithout: undefined, problems };
  }
  const { expression } = compiled;
  const evaluate: RawEvaluation = (source, trace) => {
    const result = expression.evaluate(source, trace);
    switch (result.kind) {
      case 'value':
        return result.value;
      case 'null':
        return null;
      case 'ignore':
        return IGNORE;
      case 'authoritative-null':
        return AUTHORITATIVE_NULL;
    }
  };
  return {
    evaluate,
    attributes: [...expression.attributes, ...expression.imported],
    sameness,
    direct: undefined,
    imported: expression.imported,
    nullWithout: nullWithout(expression),
    problems: [],
  };
}

function build(
  rule: SyncRule,
  flow: AttributeFlow,
  raw: RawFlow,
  target: AttributeDefinition | undefined,
): CompiledFlow {
  const evaluateRaw = flow.kind === 'expression' ? withFailures(rule, flow.to, raw.evaluate) : raw.evaluate;
  return {
    rule,
    to: flow.to,
    merging: mergingOf[flow.merge],
    applyOnce: flow.applyOnce,
    sameness: raw.sameness,
    attributes: raw.attributes,
    imported: raw.imported ?? [],
    direct: raw.direct,
    nullWithout: raw.nullWithout,
    evaluate: target === undefined ? evaluateRaw : shaped(rule, flow.to, target, evaluateRaw),
  };
}

function withFailures(rule: SyncRule, to: string, evaluate: RawEvaluation): RawEvaluation {
  return (source, trace) => {
    try {
      return evaluate(source, trace);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const message =
        error.code === 'error-function' ? error.message : `Rule "${rule.name}" cannot compute ${to}: ${error.message}`;
      throw new ObjectFailure('sync-rule-error-function-triggered', message, { rule: rule.id, attribute: to });
    }
  };
}

function shaped(rule: SyncRule, to: string, target: AttributeDefinition, evaluate: RawEvaluation): RawEvaluation {
  return (source, trace) => {
    const value = evaluate(source, trace);
    if (value === null || value === IGNORE || value === AUTHORITATIVE_NULL) return value;
    if (fitsAsIs(value, target)) return value; // the usual case
    const result = shapeValue(value satisfies AttributeValue, target);
    if ('value' in result) return result.value;
    throw new ObjectFailure('type-mismatch', `Rule "${rule.name}" cannot set ${to}: ${result.mismatch}.`, {
      rule: rule.id,
      attribute: to,
    });
  };
}
