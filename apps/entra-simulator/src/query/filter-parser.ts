import { badRequest } from '../graph/graph-error.js';
import type { Comparison, Filter, FilterLiteral, TextFunction } from './filter.js';
import { COMPARISONS, TEXT_FUNCTIONS } from './filter.js';
import type { FilterToken } from './filter-token.js';
import { filterTokens } from './filter-token.js';

/**
 * Parses the part of OData `$filter` that the directory service knows: and, or, not, comparisons, in, startsWith,
 * endsWith and `any` over a collection.
 * @throws GraphError 400 for a syntax error.
 */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(text);
  const filter = parser.or();
  parser.end();
  return filter;
}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  readonly #text: string;
  #position = 0;
  /** Range variables of the `any` around the current position. */
  readonly #variables: string[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = filterTokens(text);
  }

  end(): void {
    if (this.#position < this.#tokens.length) throw this.#error();
  }

  or(): Filter {
    let left = this.#and();
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#not();
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#not() };
    if (this.#takeMark('(')) {
      const inner = this.or();
      this.#mark(')');
      return inner;
    }
    return this.#term();
  }

  #term(): Filter {
    const name = this.#word();
    const text = TEXT_FUNCTIONS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (text !== undefined && this.#takeMark('(')) return this.#textFunction(text);
    if (name.endsWith('/any') && this.#takeMark('(')) return this.#any(name.slice(0, -'/any'.length));
    const path = this.#path(name);
    const operator = this.#word().toLowerCase();
    if (operator === 'in') return { kind: 'in', path, values: this.#list() };
    const comparison = COMPARISONS.find((known) => known === operator);
    if (comparison === undefined) throw this.#error();
    return this.#comparison(comparison, path);
  }

  #comparison(operator: Comparison, path: string): Filter {
    return { kind: 'compare', operator, path, value: this.#literal() };
  }

  #textFunction(name: TextFunction): Filter {
    const path = this.#path(this.#word());
    this.#mark(',');
    const value = this.#literal();
    this.#mark(')');
    if (typeof value !== 'string') throw this.#error();
    return { kind: 'text', function: name, path, value };
  }

  #any(path: string): Filter {
    if (this.#takeMark(')')) return { kind: 'any', path, condition: undefined };
    const variable = this.#word();
    this.#mark(':');
    this.#variables.push(variable);
    const condition = this.or();
    this.#variables.pop();
    this.#mark(')');
    return { kind: 'any', path, condition };
  }

  #path(name: string): string {
    const variable = this.#variables.at(-1);
    if (variable === undefined) return name;
    if (name === variable) return '';
    if (name.startsWith(`${variable}/`)) return name.slice(variable.length + 1);
    throw this.#error();
  }

  #list(): readonly FilterLiteral[] {
    this.#mark('(');
    const values = [this.#literal()];
    while (this.#takeMark(',')) values.push(this.#literal());
    this.#mark(')');
    return values;
  }

  #literal(): FilterLiteral {
    const token = this.#next();
    switch (token.kind) {
      case 'string':
        return token.text;
      case 'number':
        return token.value;
      case 'date':
        return { date: Date.parse(token.text) };
      case 'word':
        if (token.text === 'true') return true;
        if (token.text === 'false') return false;
        if (token.text === 'null') return null;
        throw this.#error();
      case 'mark':
        throw this.#error();
    }
  }

  #next(): FilterToken {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw this.#error();
    this.#position += 1;
    return token;
  }

  #word(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw this.#error();
    return token.text;
  }

  #takeWord(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== text) return false;
    this.#position += 1;
    return true;
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'mark' || token.text !== text) return false;
    this.#position += 1;
    return true;
  }

  #mark(text: string): void {
    if (!this.#takeMark(text)) throw this.#error();
  }

  #error(): ReturnType<typeof badRequest> {
    return badRequest(`Invalid filter clause: syntax error in '${this.#text}'.`);
  }
}
