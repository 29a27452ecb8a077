import type { AttributeValue } from '../attribute/value.js';
import type { EvalContext } from './context.js';
import { parseDate } from './date/parse-date.js';
import { compileExpression } from './expression.js';
import { decodeValue, encodeValue, JsonValueError, type JsonValue } from './json-codec.js';
import { ExpressionError, type ExpressionProblem } from './problem.js';
import { Special, typeOf } from './value-type.js';

/** The sources of time and chance for requests that do not fix the time. */
export type Ambient = Pick<EvalContext, 'now' | 'random' | 'newGuid'>;

/** Answer to one request: a value with its type, a special result, or one error. */
export type EvaluationAnswer =
  | { readonly value: JsonValue; readonly type: string; readonly special?: string | undefined }
  | {
      readonly error: { readonly code: string; readonly message: string; readonly start: number; readonly end: number };
    };

/**
 * Answers one request of `adjoin expression eval` (scenario-format.md): `{expression, attributes?, imported?,
 * parameters?, now?}`. Never throws for what is in the request.
 */
export function evaluateJson(request: unknown, ambient: Ambient): EvaluationAnswer {
  try {
    return answer(request, ambient);
  } catch (error) {
    if (error instanceof ExpressionError) return failure(error);
    if (error instanceof JsonValueError) return failure(requestProblem(error.message));
    throw error;
  }
}

function answer(request: unknown, ambient: Ambient): EvaluationAnswer {
  const { expression, attributes, imported, parameters, now } = fields(request, 'the request');
  if (typeof expression !== 'string') throw new JsonValueError('"expression" must be a text');
  const context = {
    ...reader(
      decodeAll(attributes, 'attributes'),
      decodeAll(imported, 'imported'),
      decodeAll(parameters, 'parameters'),
    ),
    now: readNow(now) ?? ambient.now,
    random: () => ambient.random(),
    newGuid: () => ambient.newGuid(),
  };
  const compiled = compileExpression(expression);
  if (!compiled.ok) return failure(mostBasic(compiled.errors));
  const value = compiled.expression.evaluateValue(context);
  const result = { value: encodeValue(value), type: typeOf(value) };
  return value instanceof Special ? { ...result, special: value.word } : result;
}

/** The first syntax error, because others may follow from it; else the first finding. */
function mostBasic(errors: readonly ExpressionProblem[]): ExpressionProblem {
  const syntax = errors.find((error) => error.code === 'syntax');
  return syntax ?? errors[0] ?? requestProblem('the expression cannot be read');
}

type Values = ReadonlyMap<string, AttributeValue>;

function reader(
  attributes: Values,
  imported: Values,
  parameters: Values,
): Pick<EvalContext, 'get' | 'getImported' | 'parameter'> {
  return {
    get: (name) => attributes.get(name),
    getImported: (name) => imported.get(name),
    parameter: (name) => {
      const value = parameters.get(name);
      return typeof value === 'object' ? undefined : value;
    },
  };
}

function decodeAll(json: unknown, field: string): Values {
  const values = new Map<string, AttributeValue>();
  for (const [name, item] of Object.entries(json === undefined || json === null ? {} : fields(json, field))) {
    try {
      const value = decodeValue(item);
      if (value !== undefined) values.set(name, value);
    } catch (error) {
      if (!(error instanceof JsonValueError)) throw error;
      throw new JsonValueError(`"${field}", "${name}": ${error.message}`, { cause: error });
    }
  }
  return values;
}

function fields(json: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  throw new JsonValueError(`${what} must be a JSON object`);
}

function readNow(json: unknown): Date | undefined {
  if (json === undefined || json === null) return undefined;
  const date = typeof json === 'string' ? parseDate(json) : undefined;
  if (date === undefined) throw new JsonValueError('"now" must be a date-time such as 2026-01-01T00:00:00Z');
  return new Date(date.toString());
}

function requestProblem(message: string): ExpressionProblem {
  return { code: 'evaluation', message: `The request cannot be used: ${message}.`, start: 0, end: 0 };
}

function failure({ code, message, start, end }: ExpressionProblem): EvaluationAnswer {
  // The command knows no separate code for the Error function; the message is the text given to it.
  return { error: { code: code === 'error-function' ? 'evaluation' : code, message, start, end } };
}
