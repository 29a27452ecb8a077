import type { ExpressionProblem, Span } from './problem.js';
import { unknownCharacterMessage } from './syntax-message.js';

export type TokenKind =
  'string' | 'number' | 'hex' | 'attribute' | 'parameter' | 'variable' | 'word' | 'operator' | '(' | ')' | ',' | 'end';

/** `text` is the decoded text: the value of a string, the name inside `[…]`, `%…%` or after `$`, the digits of a number. */
export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
}

const whitespace = /\s*/y;
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /[0-9]+/y],
  ['attribute', /\[([A-Za-z0-9_][A-Za-z0-9_.;-]*)\]/y],
  ['parameter', /%([A-Za-z0-9_][A-Za-z0-9_.-]*)%/y],
  ['variable', /\$([A-Za-z_][A-Za-z0-9_]*)/y],
];
const hexNumber = /&[Hh]([0-9A-Fa-f]+)/y;
const operators = ['&&', '||', '<=', '<>', '>=', '<', '=', '>', '*', '/', '+', '-', '&'] as const;

/**
 * Reads tokens on demand. The reader says whether an operand or an operator is due, because `&H1F` is a number at
 * the first and `&` followed by a name at the second (expressions.md §1).
 */
export class Lexer {
  readonly problems: ExpressionProblem[] = [];
  #offset = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; characters that belong to no token are reported and skipped. */
  next(due: 'operand' | 'operator'): Token {
    for (;;) {
      this.#match(whitespace);
      const start = this.#offset;
      if (start >= this.#text.length) return { kind: 'end', text: '', start, end: start };
      const token = this.#read(due, start);
      if (token !== undefined) return token;
      this.#skipUnknown(start);
    }
  }

  #read(due: 'operand' | 'operator', start: number): Token | undefined {
    const char = this.#text[start];
    if (char === '"') return this.#string(start);
    if (char === '(' || char === ')' || char === ',') {
      this.#offset++;
      return { kind: char, text: char, start, end: this.#offset };
    }
    if (due === 'operand' && char === '&') {
      const digits = this.#match(hexNumber);
      if (digits !== undefined) return { kind: 'hex', text: digits, start, end: this.#offset };
    }
    const operator = operators.find((candidate) => this.#text.startsWith(candidate, start));
    if (operator !== undefined) {
      this.#offset += operator.length;
      return { kind: 'operator', text: operator, start, end: this.#offset };
    }
    for (const [kind, pattern] of patterns) {
      const text = this.#match(pattern);
      if (text !== undefined) return { kind, text, start, end: this.#offset };
    }
    return undefined;
  }

  /** `""` and `\"` are a quote, `\\` is a backslash; any other backslash stands for itself. */
  #string(start: number): Token {
    let value = '';
    let index = start + 1;
    for (; index < this.#text.length; index++) {
      const char = this.#text[index] ?? '';
      const following = this.#text[index + 1];
      if (char === '\\' && (following === '\\' || following === '"')) {
        value += following;
        index++;
      } else if (char !== '"') {
        value += char;
      } else if (following === '"') {
        value += '"';
        index++;
      } else {
        this.#offset = index + 1;
        return { kind: 'string', text: value, start, end: this.#offset };
      }
    }
    this.#offset = this.#text.length;
    this.#report('The text has no closing quote.', start, this.#offset);
    return { kind: 'string', text: value, start, end: this.#offset };
  }

  #skipUnknown(start: number): void {
    const char = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
    this.#offset = start + char.length;
    this.#report(unknownCharacterMessage(char), start, this.#offset);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#offset = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  #report(message: string, start: number, end: number): void {
    this.problems.push({ code: 'syntax', message, start, end });
  }
}
