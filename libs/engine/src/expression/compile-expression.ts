import type { BinaryExpression, CallExpression, Expression } from './ast.js';
import { compileCall } from './compile-call.js';
import { compileForm } from './compile-form.js';
import { condition } from './condition.js';
import { intrinsicParameters } from './context.js';
import type { Evaluator, Frame } from './frame.js';
import { findFunction } from './function-table.js';
import { mapValues } from './map-values.js';
import { analyseMultiValues, type MultiValueAnalysis, type SourceKey } from './multi-value-analysis.js';
import { negate, operatorBodies, type OperatorBody } from './operators.js';
import { ExpressionError, FunctionFailure, located, type Span } from './problem.js';
import { traceValue, type EvalTrace } from './trace.js';
import {
  authoritativeNull,
  ignoreThisFlow,
  isSet,
  Special,
  type ExpressionValue,
  type One,
} from './value-type.js';

/** Turns a valid tree into closures; with a trace every node also records its result there. */
export class ExpressionCompiler {
  readonly #analysis: MultiValueAnalysis;
  readonly #trace: EvalTrace | undefined;
  readonly #sources = new Map<SourceKey, number>();

  constructor(root: Expression, trace?: EvalTrace) {
    this.#analysis = analyseMultiValues(root);
    this.#trace = trace;
  }

  compile(node: Expression): Evaluator {
    let evaluator = this.#leafOrNode(node);
    for (const key of [...(this.#analysis.mappedAt.get(node) ?? [])].reverse()) {
      evaluator = this.#mapped(evaluator, key, node);
    }
    return this.#trace === undefined ? evaluator : traced(evaluator, node, this.#trace);
  }

  /** The number of the source that a binder (With, Select, Where) gives to its variable. */
  bindingOf(node: CallExpression): number {
    const key = this.#analysis.bindingOf.get(node);
    if (key === undefined) throw new Error('a binder without a variable was compiled');
    return this.#number(key);
  }

  /** Reads the whole value of an attribute, without mapping. */
  readAttribute(name: string): Evaluator {
    return this.#wholeReader(`a:${name}`);
  }

  #leafOrNode(node: Expression): Evaluator {
    const source = this.#analysis.sourceOf.get(node);
    if (source !== undefined) return this.#leaf(node, source);
    switch (node.kind) {
      case 'string':
      case 'number':
      case 'boolean':
        return constant(node.value);
      case 'null':
        return constant(null);
      case 'crlf':
        return constant('\r\n');
      case 'special':
        return constant(node.name === 'IgnoreThisFlow' ? ignoreThisFlow : authoritativeNull);
      case 'constant':
        return constant(node.name);
      case 'parameter':
        return readParameter(node.name, node);
      case 'negate':
        return unary(this.compile(node.operand), node);
      case 'binary':
        return this.#binary(node);
      case 'call':
        return this.#call(node);
      default:
        throw new Error(`a tree with errors was compiled (${node.kind})`);
    }
  }

  #leaf(node: Expression, key: SourceKey): Evaluator {
    const whole = this.#wholeReader(key);
    if (!this.#analysis.perValue.has(node)) return whole;
    const source = this.#number(key);
    return (frame) => frame.current[source] ?? whole(frame);
  }

  #wholeReader(key: SourceKey): Evaluator {
    const source = this.#number(key);
    const name = key.slice(2);
    const load = loaders[key.slice(0, 1)] ?? loadNothing;
    return (frame) => {
      const known = frame.whole[source];
      return known === undefined ? (frame.whole[source] = load(frame, name)) : known;
    };
  }

  /** Evaluates once per value when the source turns out to be multi-valued. */
  #mapped(evaluator: Evaluator, key: SourceKey, span: Span): Evaluator {
    const source = this.#number(key);
    const whole = this.#wholeReader(key);
    return (frame) => {
      const values = whole(frame);
      if (!isSet(values)) return evaluator(frame);
      const outer = frame.current[source];
      try {
        return mapValues(values, (value) => {
          frame.current[source] = value;
          return evaluator(frame);
        });
      } catch (error) {
        throw located(error, span, []);
      } finally {
        frame.current[source] = outer;
      }
    };
  }

  #binary(node: BinaryExpression): Evaluator {
    const left = this.compile(node.left);
    const right = this.compile(node.right);
    if (node.operator === '&&' || node.operator === '||') return logical(node, left, right);
    const body = operatorBodies[node.operator];
    return (frame) => applyOperator(body, left(frame), right(frame), node);
  }

  #call(node: CallExpression): Evaluator {
    const definition = findFunction(node.name);
    if (definition === undefined) throw new Error(`unknown function ${node.name} was compiled`);
    if (definition.form !== 'strict') return compileForm(this, node, definition);
    return compileCall(node, definition, node.args.map((arg) => this.compile(arg)));
  }

  #number(key: SourceKey): number {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    this.#sources.set(key, this.#sources.size);
    return this.#sources.size - 1;
  }
}

type Loader = (frame: Frame, name: string) => ExpressionValue;

const loadNothing: Loader = () => null;
const loaders: Readonly<Record<string, Loader>> = {
  a: (frame, name) => emptyAsNull(frame.context.get(name)),
  i: (frame, name) => emptyAsNull(frame.context.getImported(name)),
};

function emptyAsNull(value: ExpressionValue | undefined): ExpressionValue {
  return value === undefined || (isSet(value) && value.length === 0) ? null : value;
}

function constant(value: ExpressionValue): Evaluator {
  return () => value;
}

function readParameter(name: string, span: Span): Evaluator {
  const intrinsic = intrinsicParameters.get(name);
  return (frame) => {
    const value = frame.context.parameter(name) ?? intrinsic;
    if (value !== undefined) return value;
    throw new ExpressionError('unknown-parameter', `There is no parameter %${name}%.`, span);
  };
}

function unary(operand: Evaluator, node: Span & { readonly operand: Expression }): Evaluator {
  const apply = (value: ExpressionValue): ExpressionValue => {
    if (isSet(value)) return mapValues(value, apply);
    return negate(oneOperand(value, '-', 0));
  };
  return (frame) => {
    try {
      return apply(operand(frame));
    } catch (error) {
      throw located(error, node, [node.operand]);
    }
  };
}

function applyOperator(
  body: OperatorBody,
  left: ExpressionValue,
  right: ExpressionValue,
  node: BinaryExpression,
): ExpressionValue {
  try {
    return applyToValues(body, left, right, node.operator);
  } catch (error) {
    throw located(error, node, [node.left, node.right]);
  }
}

function applyToValues(
  body: OperatorBody,
  left: ExpressionValue,
  right: ExpressionValue,
  operator: string,
): ExpressionValue {
  if (isSet(left)) return mapValues(left, (value) => applyToValues(body, value, right, operator));
  if (isSet(right)) return mapValues(right, (value) => applyToValues(body, left, value, operator));
  return body(oneOperand(left, operator, 0), oneOperand(right, operator, 1));
}

function oneOperand(value: Exclude<ExpressionValue, readonly One[]>, operator: string, side: number): One | null {
  if (!(value instanceof Special)) return value;
  throw new FunctionFailure(`"${operator}" cannot use ${value.word}.`, 'argument-type', side);
}

/** Short circuit; NULL counts as False (expressions.md §5, §9). */
function logical(node: BinaryExpression, left: Evaluator, right: Evaluator): Evaluator {
  const decides = node.operator === '||';
  const second = (value: ExpressionValue): ExpressionValue =>
    isSet(value) ? mapValues(value, second) : condition(value, node.operator, 1);
  return (frame) => {
    const first = (value: ExpressionValue): ExpressionValue => {
      if (isSet(value)) return mapValues(value, first);
      return condition(value, node.operator, 0) === decides ? decides : second(right(frame));
    };
    try {
      return first(left(frame));
    } catch (error) {
      throw located(error, node, [node.left, node.right]);
    }
  };
}

function traced(evaluator: Evaluator, span: Span, trace: EvalTrace): Evaluator {
  return (frame) => {
    try {
      const value = evaluator(frame);
      trace({ start: span.start, end: span.end, value: traceValue(value) });
      return value;
    } catch (error) {
      if (error instanceof ExpressionError && error.start >= span.start && error.end <= span.end) {
        const value = { kind: 'error', code: error.code, message: error.message } as const;
        trace({ start: span.start, end: span.end, value });
      }
      throw error;
    }
  };
}
