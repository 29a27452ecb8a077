import type { CompiledExpression } from '../expression/expression.js';
import type { EvalContext } from '../expression/context.js';
import { ExpressionError } from '../expression/problem.js';

/** Thrown by the probe when the expression asks for more than attributes. */
class DependsOnMore extends Error {}

function refuse(): never {
  throw new DependsOnMore();
}

const emptyObject: EvalContext = {
  get: () => undefined,
  getImported: () => undefined,
  parameter: refuse,
  get now(): Date {
    return refuse();
  },
  random: refuse,
  newGuid: refuse,
};

/**
 * The attributes without which an expression gives NULL, found by evaluating it once on an object that has none.
 * @returns undefined when it gives something else then, fails, or depends on more than attributes
 */
export function nullWithout(expression: CompiledExpression): readonly string[] | undefined {
  const attributes = [...expression.attributes, ...expression.imported];
  if (attributes.includes('dn') || expression.usesClock) return undefined;
  try {
    return expression.evaluate(emptyObject).kind === 'null' ? attributes : undefined;
  } catch (error) {
    if (error instanceof DependsOnMore || error instanceof ExpressionError) return undefined;
    throw error;
  }
}
