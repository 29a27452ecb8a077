import type { ServiceParts } from '../graph/graph-service.js';
import type { JsonObject } from '../json.js';
import type { Directory } from '../store/directory.js';
import type { DirectoryType } from '../store/directory-object.js';

const counts = (map: ReadonlyMap<string, number>): JsonObject =>
  Object.fromEntries([...map].sort(([left], [right]) => left.localeCompare(right)));

/** Counters and content of the tenant; `duplicateAnchors` lists objects created twice. */
export function statistics({ tenant, stats, throttle }: ServiceParts): JsonObject {
  const { directory, counters } = tenant;
  return {
    objects: {
      users: directory.ordered('user').size,
      groups: directory.ordered('group').size,
      devices: directory.ordered('device').size,
      contacts: directory.ordered('orgContact').size,
      memberships: memberships(directory),
      recycled: directory.recycled.size,
    },
    requests: counts(stats.requests),
    statuses: counts(stats.statuses),
    writes: stats.writes,
    refusedWrites: stats.refusedWrites,
    badRequests: [...stats.badRequests],
    batches: stats.batches,
    tokenRequests: stats.tokens,
    resourceUnits: stats.resourceUnits,
    throttled: stats.throttled,
    throttling: throttle.settings.enabled,
    faultsFired: stats.faults,
    dropped: stats.dropped,
    conflicts: counts(counters.conflicts),
    duplicateMembers: counters.duplicateMembers,
    duplicateAnchors: [
      ...duplicates(directory, 'user'),
      ...duplicates(directory, 'group'),
      ...duplicates(directory, 'device'),
    ],
    lastChange: directory.log.seq,
  };
}

function memberships(directory: Directory): number {
  let total = 0;
  for (const group of directory.ordered('group').after(0)) total += group.members.size;
  return total;
}

/** Anchors that more than one object has: nothing in Graph prevents that for extension properties. */
function duplicates(directory: Directory, type: DirectoryType): readonly JsonObject[] {
  return directory.index
    .properties(type)
    .filter((name) => name === 'onPremisesImmutableId' || /^extension_.*_sourceAnchor$/i.test(name))
    .flatMap((property) =>
      directory.index.shared(type, property).map(({ value, ids }) => ({ type, property, value, ids })),
    );
}
