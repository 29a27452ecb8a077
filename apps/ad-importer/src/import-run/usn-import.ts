import { CONTAINER, parseExtendedDn, readChangedSince, readDeletedSince, usnOf, type RawEntry } from '@adjoin/ad-ldap';
import { identifyEntry } from '../object/entry-translation.js';
import { traceObject } from '../telemetry.js';
import { hasMoved, newPageRest } from './delta-entry.js';
import { guardObject, type ImportContext } from './import-context.js';
import { publishDelete, takeWholeEntry } from './object-reader.js';
import { currentPosition } from './position.js';
import { isContainerInScope, settleContainers } from './settle-scope.js';
import { wholeAttributes } from './whole-object.js';

/**
 * Reads what changed since a change number, for servers and accounts without DirSync: every changed object as a whole, then the tombstones.
 * Deletions that the account may not see are found by comparison ({@link AbsenceSweep}). Returns the number of entries.
 */
export async function readUsnDelta(
  context: ImportContext,
  from: Buffer,
  onPage: (cookie: Buffer) => Promise<void>,
): Promise<number> {
  const { session, partition, signal } = context;
  const after = usnOf(from);
  // Before the read: what changes meanwhile is read twice rather than never.
  const next = await currentPosition(context);
  context.readStartedAt = new Date().toISOString();
  const moved = newPageRest().movedContainers;
  const entered = new Set<string>();
  let entries = 0;
  const guarded = async (entry: RawEntry, take: (entry: RawEntry) => Promise<void>): Promise<void> => {
    const { guid, dn } = parseExtendedDn(entry.dn);
    entries += 1;
    await guardObject(context, guid, dn, () => traceObject(context.config.name, guid, () => take(entry)));
  };
  const search = { partition, after, attributes: wholeAttributes(context) };
  await readChangedSince(
    session.bulk,
    search,
    (entry) => guarded(entry, (changed) => takeChanged(context, changed, moved, entered)),
    signal,
  );
  await readDeletedSince(
    session.bulk,
    { partition, after },
    (entry) => guarded(entry, (deleted) => takeDeleted(context, deleted)),
    signal,
  );
  if (moved.size > 0) await context.refreshScope();
  await settleContainers(context, moved, entered);
  await context.publisher.flush();
  await context.index.flush();
  await onPage(next);
  return entries;
}

async function takeChanged(
  context: ImportContext,
  entry: RawEntry,
  moved: Set<string>,
  entered: Set<string>,
): Promise<void> {
  const identity = identifyEntry(entry);
  const before = context.index.get(identity.guid);
  if (before?.type === CONTAINER && hasMoved(identity, before)) moved.add(identity.guid);
  await takeWholeEntry(context, entry);
  if (before?.inScope !== true && isContainerInScope(context, identity.guid)) entered.add(identity.guid);
}

async function takeDeleted(context: ImportContext, entry: RawEntry): Promise<void> {
  const { guid } = identifyEntry(entry);
  context.counters.read += 1;
  if (context.index.get(guid)?.inScope === true) await publishDelete(context, guid, 'tombstone');
  context.index.delete(guid);
}
