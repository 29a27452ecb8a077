import { SCOPE_OPERATORS, type JoinCondition, type ScopeClause, type ScopeOperator } from '@adjoin/engine';
import { nearestName } from '../document/nearest-name.js';
import { OPERATOR_ALIASES } from './format.js';

/** What could not be read, with the nearest right name. */
export interface TextMistake {
  readonly message: string;
  readonly index: number;
  readonly suggestion?: string | undefined;
}
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly mistake: TextMistake };

const withoutValue = new Set<string>(['ISNULL', 'ISNOTNULL']);

/** Reads `attribute OPERATOR value`. */
export function parseClause(text: string): Parsed<ScopeClause> {
  const match = /^\s*(\S+)(?:\s+(\S+)(?:\s+([\s\S]*\S))?)?\s*$/.exec(text);
  const [, attribute, word, value = ''] = match ?? [];
  if (attribute === undefined || word === undefined) {
    return {
      ok: false,
      mistake: { message: `"${text}" is not a scope clause; write "attribute OPERATOR value".`, index: 0 },
    };
  }
  return checkedClause(attribute, word, value, text.indexOf(word, text.indexOf(attribute) + attribute.length));
}

/** Checks the operator of a clause; `index` is where it stands in the text. */
export function checkedClause(attribute: string, word: string, value: string, index = 0): Parsed<ScopeClause> {
  const operator = (SCOPE_OPERATORS as readonly string[]).includes(word)
    ? (word as ScopeOperator)
    : (OPERATOR_ALIASES[word] as ScopeOperator | undefined);
  if (operator === undefined) {
    const mistake = {
      message: `Unknown scope operator "${word}".`,
      index,
      suggestion: nearestName(word, SCOPE_OPERATORS),
    };
    return { ok: false, mistake };
  }
  if (withoutValue.has(operator) !== (value === '')) {
    const message =
      value === ''
        ? `${operator} needs a value to compare with.`
        : `${operator} takes no value, but "${value}" follows.`;
    return { ok: false, mistake: { message, index } };
  }
  return { ok: true, value: { attribute, operator, value } };
}

/** Reads `connector-space attribute = metaverse attribute`, with ` and ` between conditions and `(case-sensitive)` behind one. */
export function parseJoin(text: string): Parsed<readonly JoinCondition[]> {
  const conditions: JoinCondition[] = [];
  for (const part of text.split(/\s+and\s+/)) {
    const match = /^\s*(\S+)\s*=\s*(\S+?)(\s+\(case-sensitive\))?\s*$/.exec(part);
    const [, csAttribute, mvAttribute, sensitive] = match ?? [];
    if (csAttribute === undefined || mvAttribute === undefined) {
      const message = `"${part}" is not a join condition; write "attribute = metaverse attribute".`;
      return { ok: false, mistake: { message, index: text.indexOf(part) } };
    }
    conditions.push({ csAttribute, mvAttribute, caseSensitive: sensitive !== undefined });
  }
  return { ok: true, value: conditions };
}
