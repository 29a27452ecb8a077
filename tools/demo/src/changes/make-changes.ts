import type { ForestDescription } from '@adjoin/stack';
import type { DirectoryEntry } from '../counting/directory-object.js';
import { readIds } from '../counting/read-tenant.js';
import type { ChangeLatency } from '../report.js';
import type { Lab } from '../run/lab.js';
import { ChangeFeed } from './change-feed.js';
import { ChangeSession } from './change-session.js';
import { DirectoryWriter } from './directory-writer.js';

/** What came of the changes: latencies of those that arrived, and a line for each one that did not. */
export interface ChangeResult {
  readonly changes: readonly ChangeLatency[];
  readonly problems: readonly string[];
}

/**
 * Changes a forest in every way, three times each, and measures each change from the LDAP answer to the first read of Graph that shows
 * it. Kinds that touch different objects run at the same time; within a lane one change is seen before the next is made.
 */
export async function makeChanges(
  lab: Lab,
  forest: ForestDescription,
  entries: readonly DirectoryEntry[],
): Promise<ChangeResult> {
  const feed = await ChangeFeed.open(lab.simulator);
  const writer = await DirectoryWriter.open(forest);
  try {
    const session = new ChangeSession({ lab, forest, feed, writer, ids: await readIds(lab.graph), entries });
    const lanes = [
      () => session.attributeLane(),
      () => session.membershipLane(),
      () => session.scopeLane(),
      () => session.deletionLane(),
    ];
    const ends = await Promise.allSettled(lanes.map((lane) => lane()));
    lab.signal.throwIfAborted();
    const problems = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []));
    return { changes: session.changes, problems };
  } finally {
    feed.stop();
    await writer.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
