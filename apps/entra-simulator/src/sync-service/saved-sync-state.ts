import { z } from 'zod';
import { SYNC_OBJECT_TYPES, type SyncValue } from '@adjoin/sync-service';
import { SyncState, type SyncedObject } from './sync-state.js';

const savedValue = z.discriminatedUnion('type', [
  z.object({ type: z.literal('string'), value: z.string() }),
  z.object({ type: z.literal('boolean'), value: z.boolean() }),
  z.object({ type: z.literal('long'), value: z.string() }),
  z.object({ type: z.literal('binary'), value: z.base64() }),
  z.object({ type: z.literal('strings'), values: z.array(z.string()) }),
  z.object({ type: z.literal('binaries'), values: z.array(z.base64()) }),
]);
type SavedValue = z.infer<typeof savedValue>;
const identity = { id: z.string(), type: z.enum(SYNC_OBJECT_TYPES), sourceAnchor: z.string(), seq: z.number() };

/** What the sync service knows, as part of a saved tenant. Credentials are what the service stores of them: salted derivations. */
export const savedSyncStateSchema = z.object({
  seq: z.number(),
  objects: z.array(
    z.object({
      ...identity,
      values: z.array(z.tuple([z.string(), savedValue])),
      quarantined: z.array(
        z.object({ property: z.enum(['UserPrincipalName', 'ProxyAddress']), value: z.string(), since: z.number() }),
      ),
    }),
  ),
  tombstones: z.array(z.object(identity)),
  credentials: z.array(
    z.object({
      id: z.string(),
      salt: z.string(),
      iterations: z.number(),
      hash: z.string(),
      changedAt: z.string(),
      mustChange: z.boolean(),
    }),
  ),
});
export type SavedSyncState = z.infer<typeof savedSyncStateSchema>;

export function saveSyncState(sync: SyncState): SavedSyncState {
  return {
    seq: sync.seq,
    objects: [...sync.all()].map(({ id, type, sourceAnchor, seq, values, quarantined }) => ({
      id,
      type,
      sourceAnchor,
      seq,
      values: [...values.values()].flatMap(({ name, value }) => {
        const saved = saveValue(value);
        return saved === undefined ? [] : [[name, saved] satisfies [string, SavedValue]];
      }),
      quarantined: [...quarantined],
    })),
    tombstones: [...sync.tombstones],
    credentials: [...sync.credentials].map(([id, one]) => ({ id, ...one, changedAt: one.changedAt.toISOString() })),
  };
}

export function loadSyncState(saved: SavedSyncState | undefined): SyncState {
  const sync = new SyncState();
  if (saved === undefined) return sync;
  for (const { values, ...object } of saved.objects) {
    const loaded: SyncedObject = { ...object, values: new Map() };
    for (const [name, value] of values) loaded.values.set(name.toLowerCase(), { name, value: loadValue(value) });
    sync.load(loaded);
  }
  sync.tombstones.push(...saved.tombstones);
  for (const { id, changedAt, ...one } of saved.credentials)
    sync.credentials.set(id, { ...one, changedAt: new Date(changedAt) });
  sync.resume(saved.seq);
  return sync;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

/** References are kept as lists of anchors, so neither they nor `nil` occur. */
function saveValue(value: SyncValue): SavedValue | undefined {
  switch (value.type) {
    case 'string':
    case 'boolean':
      return value;
    case 'long':
      return { type: 'long', value: String(value.value) };
    case 'binary':
      return { type: 'binary', value: base64(value.value) };
    case 'strings':
      return { type: 'strings', values: [...value.values] };
    case 'binaries':
      return { type: 'binaries', values: value.values.map(base64) };
    default:
      return undefined;
  }
}

function loadValue(value: SavedValue): SyncValue {
  switch (value.type) {
    case 'long':
      return { type: 'long', value: BigInt(value.value) };
    case 'binary':
      return { type: 'binary', value: bytes(value.value) };
    case 'binaries':
      return { type: 'binaries', values: value.values.map(bytes) };
    default:
      return value;
  }
}
