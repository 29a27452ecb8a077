/** What JSON.parse tells of a primitive value besides the value itself (ECMAScript 2026, JSON.parse source text access). */
interface Source {
  readonly source?: string;
}

/**
 * Reads JSON in which whole numbers may have any size: those that a JavaScript number cannot hold become bigint. A byte order mark,
 * which shells of Windows put first, is passed over. Throws a SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, source?: Source) => unknown,
  ) => unknown;
  return parse(text.replace(/^\uFEFF/, ''), (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context?.source ?? 0)
      : value,
  );
}
