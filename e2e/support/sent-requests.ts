import { join } from 'node:path';
import { checkRecordedWrites } from '@adjoin/testing';
import type { Simulator, TenantStats } from './simulator.js';

/** Where the simulator of a lab keeps every write to Graph. */
export const recordFile = (runFolder: string): string => join(runFolder, 'graph-writes.jsonl');

/**
 * What was wrong with the requests that our processes sent to the tenant: those that the simulator could not make sense of, and bodies that
 * Microsoft's metadata of Graph does not allow. Prints how many bodies were checked.
 * @param overGraph the lab writes over Graph: when the tenant has users, writes must have been recorded
 */
export async function wrongRequests(
  simulator: Pick<Simulator, 'stats'>,
  lab: { readonly name: string; readonly runFolder: string; readonly overGraph: boolean },
): Promise<readonly string[]> {
  // Nothing is known of a tenant that a test left stopped.
  const stats = await simulator.stats().catch((): TenantStats | undefined => undefined);
  const { checked, violations } = checkRecordedWrites(recordFile(lab.runFolder));
  process.stdout.write(
    `${lab.name}: ${String(checked)} bodies sent to Graph, ${String(violations.length)} not allowed\n`,
  );
  const unseen = lab.overGraph && checked === 0 && (stats?.objects.users ?? 0) > 0;
  return [
    ...(stats?.badRequests ?? []),
    ...new Set(violations),
    ...(unseen ? ['the tenant has users, but no write was recorded'] : []),
  ];
}
