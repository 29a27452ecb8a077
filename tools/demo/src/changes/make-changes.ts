import type { ForestDescription } from '@adjoin/stack';
import { readIds } from '../counting/read-tenant.js';
import type { ChangeLatency } from '../report.js';
import type { Lab } from '../run/lab.js';
import { ChangeFeed } from './change-feed.js';
import type { ChangeScene } from './change-plan.js';
import { ChangeSession, type KindOfChange } from './change-session.js';
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
export async function makeChanges(lab: Lab, forest: ForestDescription, scene: ChangeScene): Promise<ChangeResult> {
  const feed = await ChangeFeed.open(lab.simulator);
  const writer = await DirectoryWriter.open(forest);
  try {
    const session = new ChangeSession({ lab, forest, feed, writer, ids: await readIds(lab.graph), scene });
    const problems: string[] = [];
    await Promise.all(session.lanes().map((lane) => runLane(lane, problems)));
    lab.signal.throwIfAborted();
    await session.checkPlaces().catch((error: unknown) => problems.push(messageOf(error)));
    return { changes: session.changes, problems };
  } finally {
    feed.stop();
    await writer.close();
  }
}

/** A change that does not arrive ends its kind; the other kinds go on. */
async function runLane(lane: readonly KindOfChange[], problems: string[]): Promise<void> {
  for (const { run } of lane) {
    try {
      await run();
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
