import { z } from 'zod';

/** Most items a list answers with at once. */
export const MAX_PAGE = 1000;
/** Items a list answers with when nothing is asked for. */
export const DEFAULT_PAGE = 50;

/** Query fields of every list: `cursor` is the `next` of the answer before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE).describe('number of items'),
  cursor: z.string().max(1000).optional().describe('`next` of the page before'),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** One page of a list; `next` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** ISO 8601 text in UTC. */
export const instant = z.string().describe('ISO 8601, UTC');
/** `name=value` as given on the command line and in a query string. */
export const nameEqualsValue = z.string().regex(/^[^=]{1,200}=[\s\S]{0,2000}$/, 'expected name=value');
/** A query field that may be given once or several times. */
export const repeated = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(item).max(20));
