import { expect, it } from 'vitest';
import { evaluateJson, type EvaluationAnswer } from '../src/expression/evaluate-json.js';

/** What an expression is evaluated on, in the JSON form of `adjoin expression eval`. */
export interface Given {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly imported?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly now?: string;
}

/** Expression, expected value, and the attributes it is evaluated on. */
export type Example = readonly [expression: string, value: unknown, attributes?: Readonly<Record<string, unknown>>];

/** Expression, error code, the part of the text the error is about, and the attributes. */
export type FailingExample = readonly [
  expression: string,
  code: string,
  part?: string | undefined,
  attributes?: Readonly<Record<string, unknown>>,
];

/** Evaluates with a fixed clock, chance and GUID. */
export function evaluate(expression: string, given: Given = {}): EvaluationAnswer {
  return evaluateJson(
    { expression, ...given },
    {
      now: new Date('2026-01-01T00:00:00Z'),
      random: () => 0.5,
      newGuid: () => '00112233-4455-6677-8899-aabbccddeeff',
    },
  );
}

/** The value of an expression that must succeed. */
export function valueOf(expression: string, given: Given = {}): unknown {
  const answer = evaluate(expression, given);
  if ('error' in answer) throw new Error(`${expression}: ${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** One test per row. */
export function itGives(examples: readonly Example[]): void {
  for (const [expression, value, attributes = {}] of examples) {
    const on = Object.keys(attributes).length === 0 ? '' : ` on ${JSON.stringify(attributes).slice(0, 90)}`;
    it(`${expression.slice(0, 110)}${on} gives ${JSON.stringify(value)}`, () => {
      expect(valueOf(expression, { attributes })).toEqual(value);
    });
  }
}

/** One test per row. */
export function itFails(examples: readonly FailingExample[]): void {
  for (const [expression, code, part, attributes = {}] of examples) {
    it(`${expression.slice(0, 110)} fails with ${code}${part === undefined ? '' : ` at ${part}`}`, () => {
      const answer = evaluate(expression, { attributes });
      expect(answer).toMatchObject({ error: { code } });
      if (part !== undefined && 'error' in answer) {
        expect(expression.slice(answer.error.start, answer.error.end)).toBe(part);
      }
    });
  }
}
