import { FunctionFailure } from './problem.js';
import { describeType, type ExpressionValue } from './value-type.js';

/** The truth of a condition: True, or False for False and NULL; anything else is refused. */
export function condition(value: ExpressionValue, user: string, argument: number): boolean {
  if (value === true) return true;
  if (value === false || value === null) return false;
  throw new FunctionFailure(`${user} needs a condition, not a ${describeType(value)}.`, 'argument-type', argument);
}
