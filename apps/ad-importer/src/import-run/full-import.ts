import { SyncError } from '@adjoin/contracts';
import { extendedDn, pagedSearch, parseExtendedDn } from '@adjoin/ad-ldap';
import { IMPORTED_CLASSES } from '@adjoin/ad-ldap';
import { currentPosition } from './position.js';
import { readChanges } from './read-changes.js';
import type { UsnRange } from './recent-changes.js';
import { guardObject, type ImportContext } from './import-context.js';
import { publishWhole, wholeAttributes } from './whole-object.js';

export interface FullImportResult {
  /** Cookie that continues where the full read ended; undefined when deltas shall go on from the one before. */
  readonly cookie: Buffer | undefined;
  /** Objects in scope, containers not counted. */
  readonly count: number;
  /** Why absence proves nothing although everything was read; undefined when the read is complete. */
  readonly doubt: SyncError | undefined;
}

export interface FullImportOptions {
  /** Objects in scope that were there before; undefined when fewer are expected. */
  readonly expectedCount: number | undefined;
  /** There is a cookie from this server that deltas could go on from. */
  readonly hasCookie: boolean;
  /** Asked after the paged search: all changes that there can be since before it, where it is cheaper to ask for these. */
  readonly changedMeanwhile: () => Promise<UsnRange | undefined>;
}

/**
 * Reads the whole partition: the position in the changes first, then a paged search, then the changes since that position (DESIGN §5). A normal
 * return means that every page and range was read to its end with success. Publishes the anchors it saw unless there is doubt.
 */
export async function readFull(
  context: ImportContext,
  { expectedCount, hasCookie, changedMeanwhile }: FullImportOptions,
): Promise<FullImportResult> {
  const { session, partition, signal } = context;
  const start = await currentPosition(context);
  context.readStartedAt = new Date().toISOString();
  await pagedSearch(
    session.bulk,
    { base: partition, filter: IMPORTED_CLASSES, attributes: wholeAttributes(context), controls: [extendedDn()] },
    async (entry) => {
      const { guid, dn } = parseExtendedDn(entry.dn);
      context.counters.read += 1;
      await guardObject(context, guid, dn, async () => {
        await publishWhole(context, entry);
      });
    },
    signal,
  );
  const lost = hasCookie ? collapseDoubt(partition, inScopeCount(context), expectedCount) : undefined;
  if (lost !== undefined) {
    // Deltas go on from the cookie before: a deletion that this read passed over is found there, if the index still knows the object.
    await context.publisher.flush();
    context.index.rollback();
    return { cookie: undefined, count: inScopeCount(context), doubt: lost };
  }
  let cookie = start;
  const keep = (next: Buffer): Promise<void> => {
    cookie = next;
    return Promise.resolve();
  };
  await readChanges(context, start, keep, await changedMeanwhile());
  const count = inScopeCount(context);
  const doubt = (await serverDoubt(context)) ?? collapseDoubt(partition, count, expectedCount);
  if (doubt === undefined) {
    forgetUnmet(context);
    await context.publisher.seen(seenAnchors(context));
  }
  await context.publisher.flush();
  await context.index.flush();
  return { cookie, count, doubt };
}

async function serverDoubt(context: ImportContext): Promise<SyncError | undefined> {
  if (await context.session.isSameServer(context.signal)) return undefined;
  return new SyncError('ADJ-IMP-1010', `The domain controller of ${context.partition} was replaced during the read.`);
}

/** Objects of the index that this read met. */
function inScopeCount(context: ImportContext): number {
  let count = 0;
  for (const guid of context.met) {
    const entry = context.index.get(guid);
    if (entry?.inScope === true && entry.type !== 'container') count += 1;
  }
  return count;
}

/**
 * Far fewer objects than before are more likely lost rights than deleted objects: none at all, or not more than half of them and at
 * least 20 fewer.
 */
export function collapseDoubt(partition: string, count: number, expected: number | undefined): SyncError | undefined {
  if (expected === undefined || count >= expected) return undefined;
  if (count > 0 && (count * 2 > expected || expected - count < 20)) return undefined;
  return new SyncError(
    'ADJ-IMP-1012',
    `The full import of ${partition} found ${String(count)} objects, before there were ${String(expected)}.`,
  );
}

function forgetUnmet(context: ImportContext): void {
  for (const guid of [...context.index.guids()]) if (!context.met.has(guid)) context.index.delete(guid);
}

/** What the engine must not take for absent: everything in scope, and objects that could not be decoded. */
function seenAnchors(context: ImportContext): string[] {
  return [...context.met].filter(
    (guid) => context.index.get(guid)?.inScope === true || context.objectErrors.some((error) => error.anchor === guid),
  );
}
