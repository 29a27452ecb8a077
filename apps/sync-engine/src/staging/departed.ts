import type { ObjectChange, SourceVersion } from '@adjoin/contracts';
import type { ClientSession } from '@adjoin/shared';
import type { Store } from '../store.js';

/** The last that was said of an object that is gone, `_id` = `<connector>|<anchor>`. */
export interface DepartedDocument {
  _id: string;
  partition: string;
  ver: SourceVersion;
  at: Date;
}

/** As long as Kafka keeps messages by default: what is older cannot be delivered any more. */
export const DEPARTED_SECONDS = 7 * 86_400;

type Departures = Pick<Store, 'departed'>;
const keyOf = ({ connector, anchor }: ObjectChange): string => `${connector}|${anchor}`;

/**
 * Notes deletions that were staged. Their objects are forgotten once nothing is left to do for them, and with them the version by which a late
 * message is known: a repetition, or what a former holder of an importer's lease still had in hand, must not bring them back.
 */
export async function noteDeparted(
  store: Departures,
  session: ClientSession,
  deletions: readonly ObjectChange[],
  at: Date,
): Promise<void> {
  if (deletions.length === 0) return;
  const last = new Map(deletions.map((change) => [keyOf(change), change]));
  await store.departed.bulkWrite(
    [...last].map(([_id, { partition, version }]) => ({
      replaceOne: { filter: { _id }, replacement: { partition, ver: version, at }, upsert: true },
    })),
    { ordered: false, session },
  );
}

/** Those of the changes about unknown objects that are older than the deletion of their object. */
export async function tooLate(
  store: Departures,
  session: ClientSession,
  changes: readonly ObjectChange[],
): Promise<ReadonlySet<ObjectChange>> {
  const late = new Set<ObjectChange>();
  const ids = [...new Set(changes.map(keyOf))];
  if (ids.length === 0) return late;
  const known = new Map<string, DepartedDocument>();
  for await (const document of store.departed.find({ _id: { $in: ids } }, { session }))
    known.set(document._id, document);
  for (const change of changes) {
    const gone = known.get(keyOf(change));
    if (gone?.partition === change.partition && !isNewer(change.version, gone.ver)) late.add(change);
  }
  return late;
}

/** A larger epoch wins, then the larger sequence. */
export function isNewer(next: SourceVersion, known: SourceVersion): boolean {
  return next.epoch > known.epoch || (next.epoch === known.epoch && next.seq > known.seq);
}
