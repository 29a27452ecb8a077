import { readDelta } from './delta-import.js';
import type { ImportContext } from './import-context.js';
import type { UsnRange } from './recent-changes.js';
import { readUsnDelta } from './usn-import.js';

/**
 * Reads what changed since a position, to the end; `onPage` gets the next position when everything before it is safely published. Resolves to true
 * when only the `recent` changes were asked for, if they were given.
 */
export async function readChanges(
  context: ImportContext,
  from: Buffer,
  onPage: (cookie: Buffer) => Promise<void>,
  recent?: UsnRange,
): Promise<boolean> {
  if (context.session.reading !== 'usn') return readDelta(context, from, onPage, recent);
  await readUsnDelta(context, from, onPage);
  return false;
}
