import { z } from 'zod';
import type { Json } from '../json.js';
import { savedSyncStateSchema } from '../sync-service/saved-sync-state.js';
import { Directory } from './directory.js';
import type { DirectoryOptions } from './directory.js';
import type { DirectoryObject } from './directory-object.js';
import { DIRECTORY_TYPES } from './directory-object.js';
import { EXTENSION_TYPES } from './extension-definition.js';

const objectSchema = z.object({
  id: z.string(),
  type: z.enum(DIRECTORY_TYPES),
  properties: z.record(z.string(), z.json()),
  deletedAt: z.number().optional(),
  manager: z.string().optional(),
  members: z.array(z.string()).optional(),
  owners: z.array(z.string()).optional(),
  former: z
    .object({
      groups: z.array(z.string()),
      owned: z.array(z.string()),
      manager: z.string().optional(),
      reports: z.array(z.string()),
    })
    .optional(),
});

/** The content of a tenant as one JSON document: objects in creation order, the recycle bin last. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  /** Number of the last change; delta tokens of exactly this state stay valid. */
  seq: z.number().default(0),
  seqByType: z.partialRecord(z.enum(DIRECTORY_TYPES), z.number()).optional(),
  epoch: z.string().optional(),
  objects: z.array(objectSchema),
  extensions: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        applicationId: z.string(),
        appDisplayName: z.string(),
        dataType: z.enum(EXTENSION_TYPES),
        isMultiValued: z.boolean(),
        targetObjects: z.array(z.string()),
      }),
    )
    .default([]),
  /** What the sync service knows of synchronized objects. */
  sync: savedSyncStateSchema.optional(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
type SavedObject = z.infer<typeof objectSchema>;

/** Writes the content down. */
export function takeSnapshot(directory: Directory, epoch: string): Snapshot {
  const objects = DIRECTORY_TYPES.flatMap((type) => [...directory.ordered(type).after(0)]);
  return {
    version: 1,
    seq: directory.log.seq,
    seqByType: directory.log.lastByType(),
    epoch,
    objects: [...objects, ...directory.recycled.values()].map(save),
    extensions: [...directory.extensions.values()].map((one) => ({ ...one, targetObjects: [...one.targetObjects] })),
  };
}

function save(object: DirectoryObject): SavedObject {
  const { id, type, properties, deletedAt, manager, former } = object;
  const links = {
    ...(object.members.size > 0 ? { members: [...object.members.keys()] } : {}),
    ...(object.owners.size > 0 ? { owners: [...object.owners] } : {}),
  };
  return {
    id,
    type,
    properties: structuredClone(properties) as SavedObject['properties'],
    deletedAt,
    manager,
    ...links,
    former:
      former === undefined
        ? undefined
        : { ...former, groups: [...former.groups], owned: [...former.owned], reports: [...former.reports] },
  };
}

/** Makes a directory with the content of a snapshot; `lastSeq` is the number of the last change so far. */
export function loadSnapshot(snapshot: Snapshot, options: DirectoryOptions, lastSeq: number): Directory {
  // Numbers only grow, so that a reader of the journal never misses a change after a load.
  const fresh = lastSeq <= snapshot.seq;
  const directory = new Directory(
    options,
    fresh ? { seq: snapshot.seq, byType: snapshot.seqByType } : { seq: lastSeq },
  );
  for (const extension of snapshot.extensions) directory.extensions.set(extension.name, extension);
  for (const saved of snapshot.objects) loadObject(directory, saved);
  for (const saved of snapshot.objects) loadLinks(directory, saved);
  return directory;
}

function loadObject(directory: Directory, saved: SavedObject): void {
  const properties = saved.properties as Record<string, Json>;
  if (saved.deletedAt === undefined) {
    directory.load({ id: saved.id, type: saved.type, properties });
    return;
  }
  directory.loadRecycled({ id: saved.id, type: saved.type, properties }, saved.deletedAt, saved.former);
}

function loadLinks(directory: Directory, saved: SavedObject): void {
  const object = directory.active.get(saved.id);
  if (object === undefined) {
    // A group in the recycle bin remembers its members for a restore.
    const recycled = directory.recycled.get(saved.id);
    saved.members?.forEach((id, index) => recycled?.members.set(id, index));
    return;
  }
  for (const id of saved.members ?? []) {
    const member = directory.active.get(id);
    if (member !== undefined) directory.link(object, member);
  }
  for (const id of saved.owners ?? []) {
    const owner = directory.active.get(id);
    object.owners.add(id);
    owner?.owned.add(object.id);
  }
  const manager = saved.manager === undefined ? undefined : directory.active.get(saved.manager);
  if (manager !== undefined) directory.linkManager(object, manager);
}
