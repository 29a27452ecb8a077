import type { Span } from './problem.js';

/** Binary operators by level (expressions.md §3): arithmetic and `&`, then comparison, then logic. */
export const operatorLevels = [
  ['&&', '||'],
  ['<', '<=', '<>', '=', '>', '>='],
  ['*', '/', '+', '-', '&'],
] as const;

export type BinaryOperator = (typeof operatorLevels)[number][number];

/** 0 = binds weakest. Operators of one level are equal and read from left to right. */
export const levelOf: ReadonlyMap<string, number> = new Map(
  operatorLevels.flatMap((operators, level) => operators.map((operator) => [operator, level] as const)),
);

/** Words that are values by themselves. */
export const specialWords = ['IgnoreThisFlow', 'AuthoritativeNull'] as const;
export type SpecialWord = (typeof specialWords)[number];

/** Options that may be written as a bare word; the same text as a string is accepted too. */
export const constantWords: ReadonlySet<string> = new Set([
  ...['CaseInsensitive', 'CaseSensitive', 'vbTextCompare', 'vbBinaryCompare', 'Unicode', 'ASCII', 'UTF8', 'DC'],
  ...['SimpleName', 'EmailName', 'UpnName', 'DnsName', 'DnsFromAlternativeName', 'UrlName'],
]);

/**
 * Syntax tree of an expression. Parentheses leave no node. `invalid` stands for a part that could not be read
 * (only in trees that came with errors).
 */
export type Expression =
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'number'; readonly value: bigint; readonly hex: boolean })
  | (Span & { readonly kind: 'boolean'; readonly value: boolean })
  | (Span & { readonly kind: 'null' })
  | (Span & { readonly kind: 'crlf' })
  | (Span & { readonly kind: 'special'; readonly name: SpecialWord })
  | (Span & { readonly kind: 'constant'; readonly name: string })
  | (Span & { readonly kind: 'attribute'; readonly name: string })
  | (Span & { readonly kind: 'parameter'; readonly name: string })
  | (Span & { readonly kind: 'variable'; readonly name: string })
  | CallExpression
  | (Span & { readonly kind: 'negate'; readonly operand: Expression })
  | BinaryExpression
  | (Span & { readonly kind: 'invalid' });

export type CallExpression = Span & {
  readonly kind: 'call';
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly Expression[];
};

export type BinaryExpression = Span & {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
};

/** The direct parts of a node, from left to right. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'call':
      return node.args;
    case 'negate':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    default:
      return [];
  }
}
