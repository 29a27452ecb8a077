import { badRequest } from '../graph/graph-error.js';
import type { DirectoryObject } from '../store/directory-object.js';

/** One page: its items and where the next one starts, if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | undefined;
}

/** Takes up to `top` items with their positions; `next` is the position of the last one if more follow. */
export function takePage<T>(items: Iterable<readonly [number, T]>, top: number): Page<T> {
  const taken: T[] = [];
  let last = 0;
  for (const [position, item] of items) {
    if (taken.length === top) return { items: taken, next: last };
    taken.push(item);
    last = position;
  }
  return { items: taken, next: undefined };
}

/** Objects with their ordinals, those above `after` only. */
export function* positioned(
  objects: Iterable<DirectoryObject>,
  after: number,
): Generator<readonly [number, DirectoryObject]> {
  for (const object of objects) if (object.ordinal > after) yield [object.ordinal, object];
}

/** Skip tokens are opaque to clients: the position, in Base64. */
export const encodeSkipToken = (position: number): string => Buffer.from(`p${position}`).toString('base64url');

/** @throws GraphError for a token that was not handed out. */
export function decodeSkipToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^p(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw badRequest("The specified value for '$skiptoken' is invalid.");
  return Number(match[1]);
}
