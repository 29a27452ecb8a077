import {
  CONTAINER,
  DIRSYNC_FLAGS,
  dirSyncPage,
  extendedDn,
  IMPORTED_CLASSES,
  parseExtendedDn,
  type RawEntry,
} from '@adjoin/ad-ldap';
import { guardObject, type ImportContext } from './import-context.js';
import { newPageRest, takeDeltaEntry, type PageRest } from './delta-entry.js';
import { publishDelete, readByGuid, readSubtree } from './object-reader.js';
import { traceObject } from '../telemetry.js';

/** DirSync flags of a session: link values one by one, and object security where the account has no replication right. */
export function dirSyncFlags({ session }: Pick<ImportContext, 'session'>): number {
  return DIRSYNC_FLAGS.incrementalValues | (session.objectSecurity ? DIRSYNC_FLAGS.objectSecurity : 0);
}

/**
 * Reads DirSync from a cookie to the end. After each page, when Kafka has acknowledged all its messages and the index is stored,
 * `onPage` gets the next cookie. Returns the number of entries.
 */
export async function readDelta(
  context: ImportContext,
  from: Buffer,
  onPage: (cookie: Buffer) => Promise<void>,
): Promise<number> {
  let cookie = from;
  let entries = 0;
  for (;;) {
    context.readStartedAt = new Date().toISOString();
    const rest = newPageRest();
    const page = await dirSyncPage(
      context.session.bulk,
      {
        partition: context.partition,
        cookie,
        flags: dirSyncFlags(context),
        filter: IMPORTED_CLASSES,
        attributes: context.plan.requested,
        controls: [extendedDn()],
      },
      (entry) => takeEntry(context, entry, rest),
      context.signal,
    );
    entries += page.entries;
    await settle(context, rest);
    await context.publisher.flush();
    await context.index.flush();
    await onPage(page.cookie);
    cookie = page.cookie;
    if (!page.more) return entries;
  }
}

async function takeEntry(context: ImportContext, entry: RawEntry, rest: PageRest): Promise<void> {
  const { guid, dn } = parseExtendedDn(entry.dn);
  context.counters.read += 1;
  await guardObject(context, guid, dn, () =>
    traceObject(context.config.name, guid, () => takeDeltaEntry(context, entry, rest)),
  );
}

/** Decides about scope with the directory as it is now, never with the page's view of it. */
async function settle(context: ImportContext, rest: PageRest): Promise<void> {
  if (rest.movedContainers.size > 0) await context.refreshScope();
  const relevant = [...rest.candidates].filter(([guid, dn]) => isRelevant(context, guid, dn)).map(([guid]) => guid);
  const inScopeBefore = new Map(relevant.map((guid) => [guid, context.index.get(guid)?.inScope === true]));
  await readByGuid(context, relevant, { reportAbsent: false });
  const entered = new Set(
    relevant.filter((guid) => inScopeBefore.get(guid) === false && isContainerInScope(context, guid)),
  );
  if (context.scope.isWholeDomain) return;
  for (const container of rest.movedContainers) await settleKnownBelow(context, container, entered);
  for (const container of entered) {
    const dn = context.index.dnOf(container);
    if (dn !== undefined) await readSubtree(context, dn, IMPORTED_CLASSES);
  }
}

/** Of objects out of scope only containers and those that the index has in scope need a read. */
function isRelevant(context: ImportContext, guid: string, dn: string): boolean {
  const known = context.index.get(guid);
  return known !== undefined || context.scope.includes(dn) || context.scope.isPlaceholder(dn);
}

const isContainerInScope = (context: ImportContext, guid: string): boolean => {
  const known = context.index.get(guid);
  return known?.type === CONTAINER && known.inScope;
};

/** A container stands elsewhere now: objects below it may have left the scope; containers below it may have entered it. */
async function settleKnownBelow(context: ImportContext, container: string, entered: Set<string>): Promise<void> {
  for (const guid of context.index.descendants(container)) {
    const dn = context.index.dnOf(guid);
    const known = context.index.get(guid);
    if (dn === undefined || known === undefined) continue;
    const isContainer = known.type === CONTAINER;
    const inScope = context.scope.includes(dn) || (isContainer && context.scope.isPlaceholder(dn));
    if (inScope === known.inScope) continue;
    if (inScope) {
      entered.add(guid);
      continue;
    }
    await publishDelete(context, guid, 'left-scope');
    if (isContainer) context.index.set(guid, { ...known, inScope: false });
    else context.index.delete(guid);
  }
}
