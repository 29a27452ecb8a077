/**
 * What can be wrong with an expression. The first group is found before evaluation, the second on an object;
 * `argument-count` and `argument-type` occur in both.
 */
export type ExpressionProblemCode =
  | 'syntax'
  | 'unknown-function'
  | 'unknown-attribute'
  | 'unknown-parameter'
  | 'argument-count'
  | 'argument-type'
  | 'evaluation'
  | 'error-function';

/** A part of the expression text: 0-based UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One finding about an expression, with the place it is about. */
export interface ExpressionProblem extends Span {
  readonly code: ExpressionProblemCode;
  readonly message: string;
}

/** Thrown when an expression fails on an object; `error-function` carries the text given to `Error("…")`. */
export class ExpressionError extends Error implements ExpressionProblem {
  readonly code: ExpressionProblemCode;
  readonly start: number;
  readonly end: number;

  constructor(code: ExpressionProblemCode, message: string, span: Span) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
    this.start = span.start;
    this.end = span.end;
  }
}

/**
 * Thrown inside a function body, which does not know its place in the text; the call that runs the body turns it
 * into an {@link ExpressionError}. `argument` is the 0-based argument the message is about.
 */
export class FunctionFailure extends Error {
  readonly code: ExpressionProblemCode;
  readonly argument: number | undefined;

  constructor(message: string, code: ExpressionProblemCode = 'evaluation', argument?: number) {
    super(message);
    this.name = 'FunctionFailure';
    this.code = code;
    this.argument = argument;
  }
}

/** Gives a failure its place in the text: the argument it is about, else the whole. */
export function located(error: unknown, whole: Span, args: readonly Span[]): unknown {
  if (!(error instanceof FunctionFailure)) return error;
  const span = (error.argument === undefined ? undefined : args[error.argument]) ?? whole;
  return new ExpressionError(error.code, error.message, span);
}
