import type { Span } from './problem.js';
import { DateTime } from './date/date-time.js';
import { isSet, Special, type ExpressionValue, type One } from './value-type.js';
import type { Scalar } from '../attribute/value.js';

/** The result of one sub-expression; dates are ISO 8601 text. */
export type TraceValue =
  | { readonly kind: 'value'; readonly value: Scalar | readonly Scalar[]; readonly date?: boolean | undefined }
  | { readonly kind: 'null' | 'ignore' | 'authoritative-null' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** One evaluated sub-expression: its place in the text and its result. */
export interface TraceStep extends Span {
  readonly value: TraceValue;
}

/**
 * Collects every sub-expression that was evaluated, inner ones first, and again for each value of a multi-valued
 * attribute; what a lazy function did not need is not there. Keeps steps up to a limit that bounds large sets.
 */
export class EvalTrace {
  readonly #steps: TraceStep[] = [];
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get steps(): readonly TraceStep[] {
    return this.#steps;
  }

  add(step: TraceStep): void {
    if (this.#steps.length < this.#limit) this.#steps.push(step);
  }
}

/** A value as a trace shows it. */
export function traceValue(value: ExpressionValue): TraceValue {
  if (value === null) return { kind: 'null' };
  if (value instanceof Special) return { kind: value.word === 'IgnoreThisFlow' ? 'ignore' : 'authoritative-null' };
  if (isSet(value)) return { kind: 'value', value: value.map(plain) };
  return value instanceof DateTime ? { kind: 'value', value: plain(value), date: true } : { kind: 'value', value };
}

function plain(value: One): Scalar {
  return value instanceof DateTime ? value.toString() : value;
}
