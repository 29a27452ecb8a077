import type { EvalContext } from './context.js';
import type { ExpressionValue, One } from './value-type.js';

/**
 * State of one evaluation. Sources (attributes, imported values, variables) have numbers given at compile time.
 */
export interface Frame {
  readonly context: EvalContext;
  /** Whole values read so far, by source. */
  readonly whole: (ExpressionValue | undefined)[];
  /** The value a mapped expression is evaluated for at the moment, by source. */
  readonly current: (One | undefined)[];
}

/** A compiled sub-expression. */
export type Evaluator = (frame: Frame) => ExpressionValue;
