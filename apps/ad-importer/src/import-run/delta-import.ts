import { dirSyncPage, extendedDn, parseExtendedDn, readHighestUsn, type RawEntry } from '@adjoin/ad-ldap';
import { guardObject, type ImportContext } from './import-context.js';
import { newPageRest, takeDeltaEntry, type PageRest } from './delta-entry.js';
import { dirSyncFlags } from './position.js';
import { usnFilter, type UsnRange } from './recent-changes.js';
import { settle } from './settle-scope.js';
import { traceObject } from '../telemetry.js';

/**
 * Reads DirSync from a cookie to the end. Without a filter for classes: Samba would try it on every object that it has, and of the classes that are
 * not imported little changes. After each page, when Kafka has acknowledged all its messages and the index is stored, `onPage` gets the next cookie.
 *
 * @param recent all changes that there can be; only these are asked for. Should the server have committed more meanwhile, a cookie could pass over
 * them: then the page counts for nothing and everything is read. Resolves to false in that case, else to true.
 */
export async function readDelta(
  context: ImportContext,
  from: Buffer,
  onPage: (cookie: Buffer) => Promise<void>,
  recent?: UsnRange,
): Promise<boolean> {
  let cookie = from;
  let listed = recent;
  for (;;) {
    context.readStartedAt = new Date().toISOString();
    const rest = newPageRest();
    const page = await dirSyncPage(
      context.session.bulk,
      {
        partition: context.partition,
        cookie,
        flags: dirSyncFlags(context),
        attributes: context.plan.requested,
        controls: [extendedDn()],
        ...(listed === undefined ? {} : { filter: usnFilter(listed) }),
      },
      (entry) => takeEntry(context, entry, rest),
      context.signal,
    );
    await settle(context, rest);
    await context.publisher.flush();
    await context.index.flush();
    if (listed !== undefined && (await isOutrun(context, listed))) {
      listed = undefined;
      continue;
    }
    await onPage(page.cookie);
    cookie = page.cookie;
    if (!page.more) return listed === recent;
  }
}

async function isOutrun({ session, signal }: ImportContext, { until }: UsnRange): Promise<boolean> {
  const highest = await readHighestUsn(session.bulk, signal);
  return highest === undefined || BigInt(highest) > until;
}

async function takeEntry(context: ImportContext, entry: RawEntry, rest: PageRest): Promise<void> {
  const { guid, dn } = parseExtendedDn(entry.dn);
  context.counters.read += 1;
  await guardObject(context, guid, dn, () =>
    traceObject(context.config.name, guid, () => takeDeltaEntry(context, entry, rest)),
  );
}
