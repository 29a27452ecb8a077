import { childrenOf, type CallExpression, type Expression } from './ast.js';
import { intrinsicParameters } from './context.js';
import type { FunctionDefinition, Parameter } from './function-definition.js';
import { findFunction, similarFunctionName } from './function-table.js';
import type { ExpressionProblem, ExpressionProblemCode, Span } from './problem.js';
import { staticType, type AttributeTypes } from './static-type.js';
import { typeInWords, type ValueType } from './value-type.js';

/** What is known about the place an expression is used at; what is missing is not checked. */
export interface CheckOptions {
  readonly attributes?: AttributeTypes | undefined;
  /** Names of the parameters that exist besides the intrinsic ones. */
  readonly parameters?: ReadonlySet<string> | undefined;
}

/**
 * Problems that make an expression unusable for every object: unknown functions and variables, wrong argument
 * counts. (Switch checks its count at run time, as the reference says.)
 */
export function checkStructure(root: Expression): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visitStructure(root, new Set(), problems);
  return problems;
}

function visitStructure(node: Expression, variables: ReadonlySet<string>, problems: ExpressionProblem[]): void {
  if (node.kind === 'variable' && !variables.has(node.name)) {
    problems.push(
      problem('syntax', `$${node.name} is not defined here; With, Select and Where define variables.`, node),
    );
  }
  if (node.kind !== 'call') {
    for (const child of childrenOf(node)) visitStructure(child, variables, problems);
    return;
  }
  const definition = findFunction(node.name);
  if (definition === undefined) problems.push(unknownFunction(node));
  else checkCall(node, definition, problems);
  const [first, second, ...bodies] = node.args;
  const binds = definition !== undefined && isBinder(definition) && first?.kind === 'variable';
  if (!binds) {
    for (const arg of node.args) visitStructure(arg, variables, problems);
    return;
  }
  if (second !== undefined) visitStructure(second, variables, problems);
  const inner = new Set(variables).add(first.name);
  for (const body of bodies) visitStructure(body, inner, problems);
}

function isBinder(definition: FunctionDefinition): boolean {
  return definition.form === 'with' || definition.form === 'select' || definition.form === 'where';
}

function unknownFunction(node: CallExpression): ExpressionProblem {
  const similar = similarFunctionName(node.name);
  const hint = similar === undefined ? '' : ` Upper and lower case count: ${similar}.`;
  return problem('unknown-function', `There is no function ${node.name}.${hint}`, node.nameSpan);
}

function checkCall(node: CallExpression, definition: FunctionDefinition, problems: ExpressionProblem[]): void {
  const { parameters, repeats, form } = definition;
  const least = parameters.filter((parameter) => !parameter.optional).length;
  const count = node.args.length;
  if (repeats ? count === 0 : count < least || count > parameters.length) {
    const wanted = repeats ? 'pairs of arguments' : argumentsInWords(least, parameters.length);
    problems.push(
      problem('argument-count', `${definition.name} takes ${wanted}, not ${count}: ${definition.signature}`, node),
    );
    return;
  }
  const [first] = node.args;
  if (isBinder(definition) && first !== undefined && first.kind !== 'variable') {
    problems.push(problem('argument-type', `${definition.name} starts with a variable such as $item.`, first));
  }
  // The attribute must be known without an object, so that its changes lead to a new evaluation.
  if ((form === 'imported' || form === 'value-count') && first?.kind !== 'string') {
    problems.push(problem('argument-type', `${definition.name} takes an attribute name in quotes.`, first ?? node));
  }
}

function argumentsInWords(least: number, most: number): string {
  const count = least === most ? String(least) : `${least} to ${most}`;
  return `${count} argument${count === '1' ? '' : 's'}`;
}

/**
 * Problems found against a schema, the known parameters and the types that the text shows: all of them would fail
 * on an object that gets there.
 */
export function checkExpression(root: Expression, options: CheckOptions = {}): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visitTypes(root, options, problems);
  return problems;
}

function visitTypes(node: Expression, options: CheckOptions, problems: ExpressionProblem[]): void {
  const { attributes, parameters } = options;
  if (node.kind === 'attribute' && attributes !== undefined && !attributes.has(node.name)) {
    problems.push(problem('unknown-attribute', `There is no attribute [${node.name}].`, node));
  }
  const known = (name: string): boolean => parameters?.has(name) === true || intrinsicParameters.has(name);
  if (node.kind === 'parameter' && parameters !== undefined && !known(node.name)) {
    problems.push(problem('unknown-parameter', `There is no parameter %${node.name}%.`, node));
  }
  if (node.kind === 'call') visitCall(node, options, problems);
  for (const child of childrenOf(node)) visitTypes(child, options, problems);
}

function visitCall(node: CallExpression, { attributes }: CheckOptions, problems: ExpressionProblem[]): void {
  const definition = findFunction(node.name);
  if (definition === undefined) return;
  const { form, parameters, repeats } = definition;
  const [name] = node.args;
  if ((form === 'imported' || form === 'value-count') && name?.kind === 'string') {
    if (attributes?.has(name.value) === false) {
      problems.push(problem('unknown-attribute', `There is no attribute "${name.value}".`, name));
    }
    return;
  }
  for (const [index, arg] of node.args.entries()) {
    const parameter = parameters[repeats ? index % parameters.length : index];
    const given = staticType(arg, attributes);
    if (parameter === undefined || given === undefined || fits(parameter, given, arg)) continue;
    const takes = [...parameter.types].map(typeInWords).join(' or ');
    const message = `${definition.name} takes ${takes} as ${parameter.name}, not a ${typeInWords(given)}.`;
    problems.push(problem('argument-type', message, arg));
  }
}

function fits(parameter: Parameter, given: ValueType, arg: Expression): boolean {
  const { types, position } = parameter;
  if (types.has('var') || types.has(given) || given === 'mv') return true;
  if (given === 'null') return parameter.onNull !== 'refused';
  if (position === 'set') {
    // A function over a multi-valued attribute gives a set, whatever its own type is.
    const single = arg.kind === 'attribute' ? !given.startsWith('mv') : isLiteral(arg);
    return !single && !(arg.kind === 'attribute' && !types.has('mv'));
  }
  if (given.startsWith('mv')) return types.has(given.slice(2) as ValueType) || types.has('enum');
  if (types.has('exp')) return given === 'bool';
  if (given === 'str' || given === 'enum') return types.has('str') || types.has('enum');
  // DNs may be held as text.
  return given === 'ref' && types.has('ref');
}

function isLiteral(node: Expression): boolean {
  return ['string', 'number', 'boolean', 'crlf', 'constant', 'special'].includes(node.kind);
}

function problem(code: ExpressionProblemCode, message: string, { start, end }: Span): ExpressionProblem {
  return { code, message, start, end };
}
