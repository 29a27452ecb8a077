import type { EvalContext } from './context.js';
import { valueTypes, type ExpressionValue, type ValueType } from './value-type.js';

/**
 * How a parameter uses a multi-valued argument: `scalar` maps over its values, `set` takes them together,
 * `passed` hands the argument on as it is (the values of IIF).
 */
export type Position = 'scalar' | 'set' | 'passed';

/** What NULL does: the call gives NULL, the body handles it, or it is an argument-type error. */
export type NullRule = 'gives-null' | 'handled' | 'refused';

export interface Parameter {
  readonly name: string;
  readonly types: ReadonlySet<ValueType>;
  readonly position: Position;
  readonly onNull: NullRule;
  readonly optional: boolean;
}

/**
 * How a call is evaluated. `strict`: arguments first, then the body. The others are lazy, bind variables, or need the
 * name of an attribute.
 */
export type CallForm =
  'strict' | 'iif' | 'switch' | 'with' | 'select' | 'where' | 'imported' | 'value-count' | 'counted';

/** Arguments arrive checked: of the declared type, optional ones possibly missing, NULL only where handled. */
export type FunctionBody = (args: readonly ExpressionValue[], context: EvalContext) => ExpressionValue;

/** One function of the language. Everything about it is derived from this entry. */
export interface FunctionDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly returns: ValueType;
  readonly parameters: readonly Parameter[];
  /** The last two parameters repeat (Switch). */
  readonly repeats: boolean;
  /** As it is shown to people. */
  readonly signature: string;
  readonly summary: string;
  readonly form: CallForm;
  readonly body: FunctionBody;
  /** Used by default rules but absent from the public reference. */
  readonly undocumented: boolean;
  /** The result depends on the current time. */
  readonly usesClock: boolean;
}

export interface DefinitionOptions {
  readonly aliases?: readonly string[] | undefined;
  readonly form?: CallForm | undefined;
  readonly undocumented?: boolean | undefined;
  readonly usesClock?: boolean | undefined;
}

const signatureShape = /^(\S+) (\w+)\((.*)\)$/;
const parameterShape = /^(\[?)([a-z|]+)([?!]?) (\w+)(\]?)(…?)$/;

/**
 * Declares a function. The declaration reads like the reference, with these additions: `[type name]` is optional,
 * `a|b` are alternatives, `type?` = the body handles NULL, `type!` = NULL is refused (else NULL gives NULL),
 * `one` = any single value, `all` = anything as a whole, `…` = the last two parameters repeat.
 */
export function define(
  declaration: string,
  summary: string,
  body: FunctionBody,
  options: DefinitionOptions = {},
): FunctionDefinition {
  const [, returns = '', name = '', list = ''] = signatureShape.exec(declaration) ?? [];
  const parts = list === '' ? [] : list.split(', ');
  return {
    name,
    aliases: options.aliases ?? [],
    returns: valueType(returns),
    parameters: parts.map(readParameter),
    repeats: list.endsWith('…'),
    signature: declaration.replace(/[?!]/g, '').replace(/\b(?:one|all|variable)\b/g, 'var'),
    summary,
    form: options.form ?? 'strict',
    body,
    undocumented: options.undocumented ?? false,
    usesClock: options.usesClock ?? false,
  };
}

function readParameter(text: string): Parameter {
  const match = parameterShape.exec(text);
  if (match === null) throw new Error(`Bad parameter declaration "${text}"`);
  const [, open = '', types = '', nulls = '', name = ''] = match;
  const names = types.split('|');
  return {
    name,
    types: new Set(
      names.map((type) => (type === 'one' || type === 'all' || type === 'variable' ? 'var' : valueType(type))),
    ),
    position: positionOf(names),
    onNull: nulls === '?' ? 'handled' : nulls === '!' ? 'refused' : 'gives-null',
    optional: open !== '',
  };
}

function positionOf(types: readonly string[]): Position {
  if (types.every((type) => type === 'all' || type.startsWith('mv'))) return 'set';
  return types.includes('var') || types.includes('variable') ? 'passed' : 'scalar';
}

function valueType(text: string): ValueType {
  const found = valueTypes.find((type) => type === text);
  if (found === undefined) throw new Error(`Unknown type "${text}"`);
  return found;
}

/** Body of the forms that never run one. */
export function noBody(): ExpressionValue {
  return null;
}

/** Text of a checked `str` argument. */
export function text(value: ExpressionValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('argument was not checked to be text');
}

/** Number of a checked `num` argument. */
export function num(value: ExpressionValue | undefined): bigint {
  if (typeof value === 'bigint') return value;
  throw new TypeError('argument was not checked to be a number');
}
