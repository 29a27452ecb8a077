import type { CallExpression } from './ast.js';
import type { Evaluator, Frame } from './frame.js';
import type { FunctionDefinition, Parameter } from './function-definition.js';
import { mapValues } from './map-values.js';
import { FunctionFailure, located } from './problem.js';
import { staticType } from './static-type.js';
import { describeType, isSet, Special, typeInWords, typeOfOne, type ExpressionValue, type One } from './value-type.js';

/** Compiles a call whose arguments are evaluated first, then checked, mapped where needed, and given to the body. */
export function compileCall(
  node: CallExpression,
  definition: FunctionDefinition,
  args: readonly Evaluator[],
): Evaluator {
  // DNs of attributes may arrive as text; only what is text for certain is refused for a reference.
  const parameters = definition.parameters.map((parameter, index) => {
    const arg = node.args[index];
    return parameter.types.has('ref') && arg !== undefined && staticType(arg) !== 'str'
      ? { ...parameter, types: new Set([...parameter.types, 'str' as const]) }
      : parameter;
  });
  const takesText = parameters.map(({ types }) => types.has('str') || types.has('enum') || types.has('var'));
  const { body, name } = definition;
  const apply = (values: readonly ExpressionValue[], from: number, frame: Frame): ExpressionValue => {
    let nothing = false;
    for (let index = from; index < values.length; index++) {
      const value = values[index] ?? null;
      const parameter = parameters[index];
      if (parameter === undefined) break;
      if (typeof value === 'string' && takesText[index] === true && parameter.position !== 'set') continue; // the usual case
      if (value === null && parameter.onNull === 'gives-null') nothing = true;
      else if (parameter.position === 'scalar' && isSet(value))
        return mapValues(value, (one) => apply(values.with(index, one), index, frame));
      else checkArgument(value, parameter, name, index);
    }
    return nothing ? null : body(values, frame.context);
  };
  return (frame) => {
    const values = new Array<ExpressionValue>(args.length);
    for (let index = 0; index < args.length; index++) values[index] = args[index]?.(frame) ?? null;
    try {
      return apply(values, 0, frame);
    } catch (error) {
      throw located(error, node, node.args);
    }
  };
}

function checkArgument(value: ExpressionValue, parameter: Parameter, user: string, index: number): void {
  if (value === null) {
    if (parameter.onNull === 'handled') return;
    throw wrongArgument(user, parameter, 'NULL', index);
  }
  if (value instanceof Special) throw wrongArgument(user, parameter, value.word, index);
  if (!accepts(parameter, value)) throw wrongArgument(user, parameter, `a ${describeType(value)}`, index);
}

function accepts({ types, position }: Parameter, value: One | readonly One[]): boolean {
  if (types.has('var')) return true;
  if (position === 'set') return isSet(value) && (types.has('mv') || value.every((one) => isElement(types, one)));
  if (isSet(value)) return false;
  const type = typeOfOne(value);
  return types.has(type) || (type === 'str' && types.has('enum'));
}

function isElement(types: Parameter['types'], value: One): boolean {
  const type = typeOfOne(value);
  return (
    (type === 'str' && types.has('mvstr')) ||
    (type === 'ref' && types.has('mvref')) ||
    (type === 'bin' && types.has('mvbin'))
  );
}

function wrongArgument(user: string, parameter: Parameter, given: string, index: number): FunctionFailure {
  const takes = [...parameter.types].map(typeInWords).join(' or ');
  const message = `${user} takes ${takes} as ${parameter.name}, not ${given}.`;
  return new FunctionFailure(message, 'argument-type', index);
}
