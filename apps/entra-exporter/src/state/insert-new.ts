const DUPLICATE_KEY = 11_000;

export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === DUPLICATE_KEY;
}

/** Inserts in bulk (half the cost of upserts, or less); true when some were there already, the others are stored then. */
export async function insertNew<T>(
  collection: { insertMany(documents: readonly T[], options: { ordered: false }): Promise<unknown> },
  documents: readonly T[],
): Promise<boolean> {
  if (documents.length === 0) return false;
  try {
    await collection.insertMany(documents, { ordered: false });
    return false;
  } catch (error) {
    if (isDuplicateKey(error)) return true;
    throw error;
  }
}
