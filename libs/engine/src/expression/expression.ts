import { childrenOf, type Expression } from './ast.js';
import { checkExpression, checkStructure, type CheckOptions } from './check.js';
import { ExpressionCompiler } from './compile-expression.js';
import type { EvalContext, FlowResult } from './context.js';
import { DateTime } from './date/date-time.js';
import type { Evaluator } from './frame.js';
import { findFunction } from './function-table.js';
import { importedName } from './multi-value-analysis.js';
import { parseSyntax } from './parser.js';
import { ExpressionError, type ExpressionProblem } from './problem.js';
import type { EvalTrace } from './trace.js';
import { isSet, Special, type ExpressionValue } from './value-type.js';
import type { AttributeValue } from '../attribute/value.js';

/** An expression ready for evaluation; immutable, usable for any number of objects. */
export interface CompiledExpression {
  readonly text: string;
  /** Attributes read by `[name]` and `ValueCount("name")`. */
  readonly attributes: readonly string[];
  /** Attributes read by `ImportedValue("name")`. */
  readonly imported: readonly string[];
  readonly parameters: readonly string[];
  /** The result can change with time alone. */
  readonly usesClock: boolean;
  /** @throws ExpressionError when the expression fails on this object; other errors come from the context. */
  evaluate(context: EvalContext, trace?: EvalTrace): FlowResult;
  /** Like `evaluate`, but gives the value as the language has it, dates included. */
  evaluateValue(context: EvalContext, trace?: EvalTrace): ExpressionValue;
}

export type CompileResult =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly errors: readonly ExpressionProblem[] };

/** Reads an expression. The tree is complete enough for an editor even when there are errors. */
export function parseExpression(text: string): {
  readonly ast: Expression;
  readonly errors: readonly ExpressionProblem[];
} {
  const { ast, errors } = parseSyntax(text);
  // A call that could not be read to its end has no meaningful argument count.
  const readable = ({ start, end }: ExpressionProblem): boolean =>
    !errors.some((error) => error.start >= start && error.end <= end);
  const all = [...errors, ...checkStructure(ast).filter(readable)];
  return { ast, errors: all.sort((a, b) => a.start - b.start) };
}

/** Reads and compiles an expression; with options, findings of the static checks are errors too. */
export function compileExpression(text: string, options: CheckOptions = {}): CompileResult {
  const { ast, errors } = parseExpression(text);
  if (errors.length > 0) return { ok: false, errors };
  const checked = options.attributes === undefined && options.parameters === undefined;
  const findings = checked ? [] : checkExpression(ast, options);
  if (findings.length > 0) return { ok: false, errors: findings };
  return { ok: true, expression: new ReadyExpression(text, ast) };
}

class ReadyExpression implements CompiledExpression {
  readonly text: string;
  readonly attributes: readonly string[];
  readonly imported: readonly string[];
  readonly parameters: readonly string[];
  readonly usesClock: boolean;
  readonly #ast: Expression;
  readonly #evaluator: Evaluator;
  readonly #sourceCount: number;

  constructor(text: string, ast: Expression) {
    this.text = text;
    this.#ast = ast;
    const reads = readsOf(ast);
    this.attributes = [...reads.attributes];
    this.imported = [...reads.imported];
    this.parameters = [...reads.parameters];
    this.usesClock = reads.usesClock;
    const compiler = new ExpressionCompiler(ast);
    this.#evaluator = compiler.compile(ast);
    this.#sourceCount = compiler.sourceCount;
  }

  evaluate(context: EvalContext, trace?: EvalTrace): FlowResult {
    const value = this.evaluateValue(context, trace);
    if (value === null) return { kind: 'null' };
    if (value instanceof Special) return { kind: value.word === 'IgnoreThisFlow' ? 'ignore' : 'authoritative-null' };
    if (isStorable(value)) return { kind: 'value', value };
    const message = 'A date and time cannot be stored in an attribute; use FormatDateTime.';
    throw new ExpressionError('argument-type', message, this.#ast);
  }

  evaluateValue(context: EvalContext, trace?: EvalTrace): ExpressionValue {
    // Tracing is rare (preview, explain), so its slower closures are made on demand.
    const evaluator =
      trace === undefined ? this.#evaluator : new ExpressionCompiler(this.#ast, trace).compile(this.#ast);
    try {
      const size = this.#sourceCount;
      return evaluator({
        context,
        whole: new Array<undefined>(size),
        current: size === 0 ? [] : new Array<undefined>(size),
      });
    } catch (error) {
      // A text or list beyond the limits of the runtime, for example by Replace; nothing else raises it.
      if (error instanceof RangeError) throw new ExpressionError('evaluation', 'The result is too large.', this.#ast);
      throw error;
    }
  }
}

function isStorable(value: Exclude<ExpressionValue, null | Special>): value is AttributeValue {
  return isSet(value) ? !value.some((one) => one instanceof DateTime) : !(value instanceof DateTime);
}

function readsOf(root: Expression): {
  readonly attributes: Set<string>;
  readonly imported: Set<string>;
  readonly parameters: Set<string>;
  readonly usesClock: boolean;
} {
  const reads = {
    attributes: new Set<string>(),
    imported: new Set<string>(),
    parameters: new Set<string>(),
    usesClock: false,
  };
  const visit = (node: Expression): void => {
    if (node.kind === 'attribute') reads.attributes.add(node.name);
    if (node.kind === 'parameter') reads.parameters.add(node.name);
    if (node.kind === 'call') {
      const definition = findFunction(node.name);
      const imported = importedName(node);
      if (imported !== undefined) reads.imported.add(imported);
      const [name] = node.args;
      if (definition?.form === 'value-count' && name?.kind === 'string') reads.attributes.add(name.value);
      if (definition?.usesClock === true) reads.usesClock = true;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  return reads;
}
