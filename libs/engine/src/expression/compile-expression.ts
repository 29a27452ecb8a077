import type { CallExpression, Expression } from './ast.js';
import { compileCall } from './compile-call.js';
import { compileForm } from './compile-form.js';
import { compileNegation, compileOperator } from './compile-operator.js';
import { intrinsicParameters } from './context.js';
import type { Evaluator, Frame } from './frame.js';
import { findFunction } from './function-table.js';
import { mapValues } from './map-values.js';
import { analyseMultiValues, type MultiValueAnalysis, type SourceKey } from './multi-value-analysis.js';
import { ExpressionError, located, type Span } from './problem.js';
import { traceValue, type EvalTrace } from './trace.js';
import { authoritativeNull, ignoreThisFlow, isSet, type ExpressionValue } from './value-type.js';

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

  /** How many sources the compiled tree reads; known when it is compiled. */
  get sourceCount(): number {
    return this.#sources.size;
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
        return compileNegation(node, this.compile(node.operand));
      case 'binary':
        return compileOperator(node, this.compile(node.left), this.compile(node.right));
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

  #call(node: CallExpression): Evaluator {
    const definition = findFunction(node.name);
    if (definition === undefined) throw new Error(`unknown function ${node.name} was compiled`);
    if (definition.form !== 'strict') return compileForm(this, node, definition);
    return compileCall(
      node,
      definition,
      node.args.map((arg) => this.compile(arg)),
    );
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

function traced(evaluator: Evaluator, span: Span, trace: EvalTrace): Evaluator {
  return (frame) => {
    try {
      const value = evaluator(frame);
      trace.add({ start: span.start, end: span.end, value: traceValue(value) });
      return value;
    } catch (error) {
      if (error instanceof ExpressionError && error.start >= span.start && error.end <= span.end) {
        const value = { kind: 'error', code: error.code, message: error.message } as const;
        trace.add({ start: span.start, end: span.end, value });
      }
      throw error;
    }
  };
}
