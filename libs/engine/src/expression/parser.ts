import {
  childrenOf,
  constantWords,
  levelOf,
  operatorLevels,
  specialWords,
  type BinaryOperator,
  type Expression,
  type SpecialWord,
} from './ast.js';
import { Lexer, type Token } from './lexer.js';
import type { ExpressionProblem, Span } from './problem.js';
import { describeToken, missingOperandMessage, trailingMessage, unknownWordMessage } from './syntax-message.js';

/** Deeper trees are refused, so that no text can exhaust the stack. Default rules need less than 20. */
const maximumDepth = 250;
const maximumProblems = 50;
const largestNumber = 2n ** 63n - 1n;

export interface SyntaxResult {
  readonly ast: Expression;
  readonly errors: readonly ExpressionProblem[];
}

/** Reads the text as a tree (expressions.md §2, §3); always returns a tree, with `invalid` nodes where it could not. */
export function parseSyntax(text: string): SyntaxResult {
  return new Parser(text).parse();
}

/** Recursive descent with one token of look-ahead, kept in `#token`. */
class Parser {
  readonly #lexer: Lexer;
  readonly #problems: ExpressionProblem[] = [];
  #token: Token;
  #lastEnd = 0;
  readonly #heights = new WeakMap<Expression, number>();
  /** Reading was given up: what is missing then says nothing. */
  #gaveUp = false;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next('operand');
  }

  parse(): SyntaxResult {
    const ast = this.#level(0, 0);
    if (this.#token.kind !== 'end') this.#report(trailingMessage(this.#token), this.#token);
    while (this.#token.kind !== 'end') this.#advance('operand');
    const errors = [...this.#lexer.problems, ...this.#problems];
    return { ast, errors: errors.sort((a, b) => a.start - b.start).slice(0, maximumProblems) };
  }

  #level(level: number, depth: number): Expression {
    if (level === operatorLevels.length) return this.#operand(depth);
    let left = this.#level(level + 1, depth);
    while (this.#token.kind === 'operator' && levelOf.get(this.#token.text) === level) {
      const operator = this.#token.text as BinaryOperator;
      this.#advance('operand');
      const right = this.#level(level + 1, depth + 1);
      left = this.#grow({ kind: 'binary', operator, left, right, start: left.start, end: right.end });
      if (left.kind === 'invalid') break;
    }
    return left;
  }

  #operand(depth: number): Expression {
    if (depth >= maximumDepth) return this.#tooDeep();
    const token = this.#token;
    if (token.kind !== 'operator' || token.text !== '-') return this.#primary(depth);
    this.#advance('operand');
    if (this.#token.kind === 'number') return this.#number(token);
    const operand = this.#primary(depth + 1);
    return this.#grow({ kind: 'negate', operand, start: token.start, end: operand.end });
  }

  #primary(depth: number): Expression {
    const token = this.#token;
    const span = { start: token.start, end: token.end };
    switch (token.kind) {
      case 'string':
        return this.#take({ kind: 'string', value: token.text, ...span });
      case 'number':
      case 'hex':
        return this.#number();
      case 'attribute':
      case 'parameter':
      case 'variable':
        return this.#take({ kind: token.kind, name: token.text, ...span });
      case 'word':
        return this.#word(token, depth);
      case '(':
        return this.#parenthesised(token, depth);
      default:
        this.#report(missingOperandMessage(token), token);
        // An operator at the place of an operand is skipped, so that what follows is still read.
        if (token.kind === 'operator') this.#advance('operator');
        return { kind: 'invalid', ...span };
    }
  }

  #parenthesised(open: Token, depth: number): Expression {
    this.#advance('operand');
    const inner = this.#level(0, depth + 1);
    this.#close(open);
    const node = { ...inner, start: open.start, end: this.#lastEnd };
    this.#heights.set(node, this.#heights.get(inner) ?? 0);
    return node;
  }

  #word(token: Token, depth: number): Expression {
    this.#advance('operator');
    const span = { start: token.start, end: token.end };
    if (this.#token.kind === '(') return this.#call(token, depth);
    const name = token.text;
    if (name === 'True' || name === 'False') return { kind: 'boolean', value: name === 'True', ...span };
    if (name === 'NULL') return { kind: 'null', ...span };
    if (name === 'CRLF') return { kind: 'crlf', ...span };
    if (isSpecialWord(name)) return { kind: 'special', name, ...span };
    if (constantWords.has(name)) return { kind: 'constant', name, ...span };
    this.#report(unknownWordMessage(name), span);
    return { kind: 'invalid', ...span };
  }

  #call(name: Token, depth: number): Expression {
    const open = this.#token;
    const args: Expression[] = [];
    this.#advance('operand');
    if (this.#token.kind !== ')') {
      args.push(this.#level(0, depth + 1));
      while (this.#token.kind === ',') {
        this.#advance('operand');
        args.push(this.#level(0, depth + 1));
      }
    }
    this.#close(open);
    const nameSpan = { start: name.start, end: name.end };
    return this.#grow({ kind: 'call', name: name.text, nameSpan, args, start: name.start, end: this.#lastEnd });
  }

  /** Records the height of a node over its parts; a chain of operators grows the tree without growing the stack here. */
  #grow(node: Expression): Expression {
    const height = 1 + childrenOf(node).reduce((most, child) => Math.max(most, this.#heights.get(child) ?? 0), 0);
    this.#heights.set(node, height);
    return height > maximumDepth ? this.#tooDeep() : node;
  }

  #close(open: Token): void {
    if (this.#token.kind === ')') this.#advance('operator');
    else if (this.#gaveUp) return;
    else if (this.#token.kind === 'end') this.#report('The bracket "(" is not closed.', open);
    else this.#skipToClose();
  }

  /** Reports what stands where `)` or `,` was due and reads on behind the bracket that closes this level. */
  #skipToClose(): void {
    this.#report(`Expected "," or ")" before ${describeToken(this.#token)}.`, this.#token);
    for (let open = 0; this.#token.kind !== 'end'; this.#advance('operand')) {
      if (this.#token.kind === '(') open++;
      if (this.#token.kind === ')' && open-- === 0) {
        this.#advance('operator');
        return;
      }
    }
  }

  #number(minus?: Token): Expression {
    const token = this.#token;
    const hex = token.kind === 'hex';
    const span = { start: minus?.start ?? token.start, end: token.end };
    // Hexadecimal numbers are bit patterns of up to 64 bits; a long run of digits is not worth converting.
    const magnitude = token.text.length > 40 ? 2n ** 65n : BigInt((hex ? '0x' : '') + token.text);
    const fits = hex ? magnitude < 2n ** 64n : magnitude <= largestNumber + (minus === undefined ? 0n : 1n);
    if (!fits) {
      this.#report('The number does not fit into 64 bits.', span);
      return this.#take({ kind: 'invalid', ...span });
    }
    const value = hex ? BigInt.asIntN(64, magnitude) : minus === undefined ? magnitude : -magnitude;
    return this.#take({ kind: 'number', value, hex, ...span });
  }

  #tooDeep(): Expression {
    const span = { start: this.#token.start, end: this.#token.end };
    this.#report(`The expression is nested more than ${maximumDepth} levels deep.`, span);
    this.#gaveUp = true;
    while (this.#token.kind !== 'end') this.#advance('operand');
    return { kind: 'invalid', ...span };
  }

  #take(node: Expression): Expression {
    this.#advance('operator');
    return node;
  }

  #advance(due: 'operand' | 'operator'): void {
    this.#lastEnd = this.#token.end;
    this.#token = this.#lexer.next(due);
  }

  #report(message: string, span: Span): void {
    this.#problems.push({ code: 'syntax', message, start: span.start, end: span.end });
  }
}

function isSpecialWord(name: string): name is SpecialWord {
  return (specialWords as readonly string[]).includes(name);
}
