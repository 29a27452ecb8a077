import { badRequest } from '../graph/graph-error.js';

/** Tokens of an OData `$filter` expression. */
export type FilterToken =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'date'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: '(' | ')' | ',' | ':' };

const PATTERN =
  /\s*(?:(?<string>'(?:[^']|'')*')|(?<date>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(?<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w./$@]*)|(?<mark>[(),:]))/y;

/** Splits an expression into tokens. @throws GraphError for a character that fits nowhere. */
export function filterTokens(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  const end = text.trimEnd().length;
  let position = 0;
  while (position < end) {
    PATTERN.lastIndex = position;
    const groups = PATTERN.exec(text)?.groups;
    if (groups === undefined)
      throw badRequest(`Invalid filter clause: syntax error at position ${position} in '${text}'.`);
    position = PATTERN.lastIndex;
    tokens.push(token(groups));
  }
  return tokens;
}

function token(groups: Readonly<Record<string, string | undefined>>): FilterToken {
  if (groups['string'] !== undefined)
    return { kind: 'string', text: groups['string'].slice(1, -1).replaceAll("''", "'") };
  if (groups['date'] !== undefined) return { kind: 'date', text: groups['date'] };
  if (groups['guid'] !== undefined) return { kind: 'string', text: groups['guid'] };
  if (groups['number'] !== undefined) return { kind: 'number', value: Number(groups['number']) };
  if (groups['word'] !== undefined) return { kind: 'word', text: groups['word'] };
  const mark = groups['mark'];
  if (mark === '(' || mark === ')' || mark === ',' || mark === ':') return { kind: 'mark', text: mark };
  throw badRequest('Invalid filter clause.');
}
