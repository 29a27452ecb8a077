import { SyncError } from '@adjoin/contracts';

/** Opaque cursor of a list that is ordered by text keys. */
export const encodeCursor = (...keys: readonly string[]): string =>
  Buffer.from(JSON.stringify(keys), 'utf8').toString('base64url');

/** Keys of a cursor; undefined for none. Throws ADJ-API-4003 for text that is not a cursor of this list. */
export function decodeCursor(cursor: string | undefined, keys: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === keys && value.every((key) => typeof key === 'string')) return value;
  } catch {
    // refused below
  }
  throw new SyncError('ADJ-API-4003', 'The cursor is not one that this list has given.');
}

/** Cuts `limit + 1` items read from the store to a page. */
export function pageFrom<Doc, Item>(
  documents: readonly Doc[],
  limit: number,
  parts: { readonly item: (doc: Doc) => Item; readonly cursor: (doc: Doc) => string },
): { items: Item[]; next: string | null } {
  const shown = documents.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(parts.item),
    next: documents.length > limit && last !== undefined ? parts.cursor(last) : null,
  };
}
