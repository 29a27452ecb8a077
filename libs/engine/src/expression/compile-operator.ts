import type { BinaryExpression, Expression } from './ast.js';
import { condition } from './condition.js';
import type { Evaluator } from './frame.js';
import { mapValues } from './map-values.js';
import { negate, operatorBodies, type OperatorBody } from './operators.js';
import { FunctionFailure, located, type Span } from './problem.js';
import { isSet, Special, type ExpressionValue, type One } from './value-type.js';

/** An operator with two operands; a set on either side is used value by value. */
export function compileOperator(node: BinaryExpression, left: Evaluator, right: Evaluator): Evaluator {
  if (node.operator === '&&' || node.operator === '||') return logical(node, left, right);
  const body = operatorBodies[node.operator];
  return (frame) => applyOperator(body, left(frame), right(frame), node);
}

/** `-x`, for each value of a set. */
export function compileNegation(node: Span & { readonly operand: Expression }, operand: Evaluator): Evaluator {
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
