/** A literal in a filter. Dates compare by time. */
export type FilterLiteral = string | number | boolean | null | { readonly date: number };

export const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export const TEXT_FUNCTIONS = ['startsWith', 'endsWith', 'contains'] as const;
export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

/** A parsed `$filter`. `path` is a property, or `property/member`; the empty path is the range variable of `any`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly path: string; readonly value: FilterLiteral }
  | { readonly kind: 'in'; readonly path: string; readonly values: readonly FilterLiteral[] }
  | { readonly kind: 'text'; readonly function: TextFunction; readonly path: string; readonly value: string }
  | { readonly kind: 'any'; readonly path: string; readonly condition: Filter | undefined };

/** All nodes of a filter, the filter itself first. */
export function* filterNodes(filter: Filter): Generator<Filter> {
  yield filter;
  switch (filter.kind) {
    case 'and':
    case 'or':
      yield* filterNodes(filter.left);
      yield* filterNodes(filter.right);
      return;
    case 'not':
      yield* filterNodes(filter.operand);
      return;
    case 'any':
      if (filter.condition !== undefined) yield* filterNodes(filter.condition);
      return;
    case 'compare':
    case 'in':
    case 'text':
      return;
  }
}
