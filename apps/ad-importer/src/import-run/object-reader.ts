import { extendedDn, guidFilter, pagedSearch, parseExtendedDn, type RawEntry } from '@adjoin/ad-ldap';
import { CONTAINER } from '@adjoin/ad-ldap';
import { identifyEntry } from '../object/entry-translation.js';
import { guardObject, type ImportContext } from './import-context.js';
import { isElsewhere } from './other-domains.js';
import { publishWhole, wholeAttributes } from './whole-object.js';

/** GUIDs asked for in one search; keeps the filter far below server limits. */
const GUIDS_PER_SEARCH = 100;

export type MissingReason = 'confirmed-absent' | 'left-scope';

/**
 * Reads objects by GUID and publishes what they are now: `whole` when in scope, `delete` (left-scope) when out of it. Objects that do
 * not exist in the partition get `delete` (confirmed-absent) if `reportAbsent`, else nothing: then a tombstone tells it.
 */
export async function readByGuid(
  context: ImportContext,
  guids: readonly string[],
  options: { readonly reportAbsent: boolean },
): Promise<void> {
  for (let start = 0; start < guids.length; start += GUIDS_PER_SEARCH) {
    await readSlice(context, guids.slice(start, start + GUIDS_PER_SEARCH), options.reportAbsent);
  }
}

async function readSlice(context: ImportContext, guids: readonly string[], reportAbsent: boolean): Promise<void> {
  context.readStartedAt = new Date().toISOString();
  const found = new Set<string>();
  await pagedSearch(
    context.session.bulk,
    {
      base: context.partition,
      filter: guidFilter(guids),
      attributes: wholeAttributes(context),
      controls: [extendedDn()],
    },
    async (entry) => {
      const { guid, dn } = parseExtendedDn(entry.dn);
      await guardObject(context, guid, dn, async () => {
        found.add(identifyEntry(entry).guid);
        await takeWholeEntry(context, entry, reportAbsent);
      });
      if (guid !== undefined) found.add(guid);
    },
    context.signal,
  );
  if (!reportAbsent) return;
  for (const guid of guids.filter((candidate) => !found.has(candidate))) {
    await publishDelete(context, guid, 'confirmed-absent');
    context.index.delete(guid);
  }
}

/** Publishes an object that was read as it is now: `whole` in scope, `delete` when it was in scope before or the answer is asked for. */
export async function takeWholeEntry(context: ImportContext, entry: RawEntry, answer = false): Promise<void> {
  const identity = identifyEntry(entry);
  context.counters.read += 1;
  const before = context.index.get(identity.guid);
  const result = await publishWhole(context, entry);
  if (result === 'published') return;
  if (answer || before?.inScope === true) await publishDelete(context, identity.guid, 'left-scope');
  if (identity.type !== CONTAINER) context.index.delete(identity.guid);
}

/** An object is gone from this domain. One that stands in the scope of another domain has moved: it is reported from there. */
export async function publishDelete(
  context: ImportContext,
  anchor: string,
  reason: 'tombstone' | MissingReason,
): Promise<void> {
  if (reason !== 'left-scope' && (await isElsewhere(context, anchor))) {
    context.log.info({ event: 'import.moved-away', partition: context.partition, anchor });
    return;
  }
  await context.publisher.change({ anchor, op: 'delete', reason, readStartedAt: context.readStartedAt });
  context.counters.deleted += 1;
}

/** Everything below a container, read and published by what it is now; for containers that entered the scope. */
export async function readSubtree(context: ImportContext, dn: string, filter: string): Promise<void> {
  context.readStartedAt = new Date().toISOString();
  await pagedSearch(
    context.session.bulk,
    { base: dn, filter, attributes: wholeAttributes(context), controls: [extendedDn()] },
    async (entry) => {
      const identity = parseExtendedDn(entry.dn);
      await guardObject(context, identity.guid, identity.dn, async () => {
        context.counters.read += 1;
        await publishWhole(context, entry);
      });
    },
    context.signal,
  );
}
