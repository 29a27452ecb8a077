import { FunctionFailure } from './problem.js';
import { isSet, setOf, Special, type ExpressionValue, type One } from './value-type.js';

/** More values than any directory attribute holds; stops products of several large sets. */
const maximumValues = 1_000_000;

/**
 * Applies a scalar expression to each value of a set (expressions.md §6): NULL results are dropped, results that are
 * sets themselves are joined. A special result is the result only when every value gives it.
 */
export function mapValues(values: readonly One[], evaluate: (value: One) => ExpressionValue): ExpressionValue {
  const results: One[] = [];
  let special: Special | undefined;
  let others = 0;
  for (const value of values) {
    const result = evaluate(value);
    if (result instanceof Special) {
      if (special !== undefined && special !== result) others++;
      special = result;
      continue;
    }
    others++;
    if (isSet(result)) for (const one of result) results.push(one);
    else if (result !== null) results.push(result);
    if (results.length > maximumValues) throw new FunctionFailure(`The result has more than ${maximumValues} values.`);
  }
  if (special === undefined) return setOf(results);
  if (others === 0) return special;
  throw new FunctionFailure(`${special.word} must be the result for the whole attribute, not for some of its values.`);
}
