import { constantWords, specialWords } from './ast.js';
import type { Token } from './lexer.js';

const literalWords = ['True', 'False', 'NULL', 'CRLF', ...specialWords, ...constantWords];

/** For a bare word that is none of the language. */
export function unknownWordMessage(name: string): string {
  const meant = literalWords.find((word) => word.toLowerCase() === name.toLowerCase());
  if (meant !== undefined) return `Unknown word "${name}"; upper and lower case count: ${meant}.`;
  return `Unknown word "${name}". An attribute is written [${name}], text "${name}", a function ${name}(…).`;
}

/** For a token at the place of a value. */
export function missingOperandMessage(token: Token): string {
  return token.kind === 'end'
    ? 'The expression ends where a value is due.'
    : `Expected a value before ${describeToken(token)}.`;
}

/** For a token behind a whole expression. */
export function trailingMessage(token: Token): string {
  if (token.kind === ')') return 'There is no "(" for this ")".';
  return `Expected an operator or the end before ${describeToken(token)}.`;
}

/** A token as a message names it. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'string':
      return 'a text';
    case 'attribute':
      return `[${token.text}]`;
    case 'parameter':
      return `%${token.text}%`;
    case 'variable':
      return `$${token.text}`;
    case 'hex':
      return `&H${token.text}`;
    default:
      return `"${token.text}"`;
  }
}

/** For a character that starts no token. */
export function unknownCharacterMessage(char: string): string {
  switch (char) {
    case '[':
      return 'An attribute is written [name], with letters, digits, "-", "_" and "." in the name.';
    case '%':
      return 'A parameter is written %Name%.';
    case '$':
      return 'A variable is written $name.';
    case '\u201c':
    case '\u201d':
    case "'":
      return 'Text is written in straight double quotes.';
    default:
      return `Unexpected character ${JSON.stringify(char)}.`;
  }
}
