import type { CallExpression } from './ast.js';
import { compileCall } from './compile-call.js';
import type { ExpressionCompiler } from './compile-expression.js';
import { condition } from './condition.js';
import type { Evaluator, Frame } from './frame.js';
import type { FunctionDefinition } from './function-definition.js';
import { mapValues } from './map-values.js';
import { ExpressionError, FunctionFailure, located } from './problem.js';
import { isSet, Special, type ExpressionValue, type One } from './value-type.js';

/** Compiles the calls that do not simply evaluate their arguments first (expressions.md §9). */
export function compileForm(
  compiler: ExpressionCompiler,
  node: CallExpression,
  definition: FunctionDefinition,
): Evaluator {
  const form = makeForm(compiler, node, definition);
  return (frame) => {
    try {
      return form(frame);
    } catch (error) {
      throw located(error, node, node.args);
    }
  };
}

function makeForm(compiler: ExpressionCompiler, node: CallExpression, definition: FunctionDefinition): Evaluator {
  switch (definition.form) {
    case 'iif':
      return iif(node.args.map((arg) => compiler.compile(arg)));
    case 'switch':
      return switchForm(
        node,
        node.args.map((arg) => compiler.compile(arg)),
      );
    case 'with':
      return withForm(compiler, node);
    case 'select':
      return select(compiler, node);
    case 'where':
      return where(compiler, node);
    case 'value-count':
      return valueCount(compiler, node);
    case 'counted':
      return counted(compiler, node, definition);
    default:
      throw new Error(`form ${definition.form} of ${definition.name} has no compilation`);
  }
}

function iif([test = nothing, whenTrue = nothing, whenFalse = nothing]: readonly Evaluator[]): Evaluator {
  return (frame) => {
    const choose = (value: ExpressionValue): ExpressionValue => {
      if (isSet(value)) return mapValues(value, choose);
      return condition(value, 'IIF', 0) ? whenTrue(frame) : whenFalse(frame);
    };
    return choose(test(frame));
  };
}

const nothing: Evaluator = () => null;

function switchForm(node: CallExpression, args: readonly Evaluator[]): Evaluator {
  const odd = args.length % 2 !== 0;
  return (frame) => {
    if (odd) throw new ExpressionError('argument-count', 'Switch needs pairs of a condition and a value.', node);
    let chosen: Evaluator = nothing;
    let found = false;
    for (let index = 0; index < args.length; index += 2) {
      const holds = condition(args[index]?.(frame) ?? null, 'Switch', index);
      if (holds && !found) {
        found = true;
        chosen = args[index + 1] ?? nothing;
      }
    }
    return chosen(frame);
  };
}

function withForm(compiler: ExpressionCompiler, node: CallExpression): Evaluator {
  const [source = nothing, body = nothing] = node.args.slice(1).map((arg) => compiler.compile(arg));
  const binding = compiler.bindingOf(node);
  return (frame) => {
    frame.whole[binding] = source(frame);
    return body(frame);
  };
}

function select(compiler: ExpressionCompiler, node: CallExpression): Evaluator {
  const [source = nothing, body = nothing] = node.args.slice(1).map((arg) => compiler.compile(arg));
  const binding = compiler.bindingOf(node);
  return (frame) =>
    mapValues(items(source(frame), 'Select'), (value) => {
      frame.whole[binding] = value;
      return body(frame);
    });
}

function where(compiler: ExpressionCompiler, node: CallExpression): Evaluator {
  const [source = nothing, test = nothing] = node.args.slice(1).map((arg) => compiler.compile(arg));
  const binding = compiler.bindingOf(node);
  return (frame) =>
    mapValues(items(source(frame), 'Where'), (value) => {
      frame.whole[binding] = value;
      return condition(test(frame), 'Where', 2) ? value : null;
    });
}

/** Select and Where also take an expression, which may give a single value. */
function items(value: ExpressionValue, user: string): readonly One[] {
  if (value === null) return [];
  if (value instanceof Special) throw new FunctionFailure(`${user} cannot use ${value.word}.`, 'argument-type', 1);
  return isSet(value) ? value : [value];
}

function valueCount(compiler: ExpressionCompiler, node: CallExpression): Evaluator {
  const [name] = node.args;
  const attribute = name?.kind === 'string' ? name.value : '';
  const read = compiler.readAttribute(attribute);
  return (frame) => {
    const value = read(frame);
    if (value === null) return BigInt(frame.context.count?.(attribute) ?? 0);
    return BigInt(isSet(value) ? value.length : 1);
  };
}

/** Functions that only need to know how many values there are, also when the values are not at hand. */
function counted(compiler: ExpressionCompiler, node: CallExpression, definition: FunctionDefinition): Evaluator {
  const args = node.args.map((arg) => compiler.compile(arg));
  const call = compileCall(node, definition, args);
  const [arg] = node.args;
  if (arg?.kind !== 'attribute') return call;
  const read = compiler.readAttribute(arg.name);
  return (frame: Frame) => {
    const count = read(frame) === null ? (frame.context.count?.(arg.name) ?? 0) : 0;
    if (count === 0) return call(frame);
    return definition.name === 'Count' ? BigInt(count) : definition.name === 'IsPresent';
  };
}
