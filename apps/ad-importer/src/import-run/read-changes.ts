import { readDelta } from './delta-import.js';
import type { ImportContext } from './import-context.js';
import { readUsnDelta } from './usn-import.js';

/** Reads what changed since a position, to the end; `onPage` gets the next position when everything before it is safely published. */
export function readChanges(
  context: ImportContext,
  from: Buffer,
  onPage: (cookie: Buffer) => Promise<void>,
): Promise<number> {
  return context.session.reading === 'usn' ? readUsnDelta(context, from, onPage) : readDelta(context, from, onPage);
}
