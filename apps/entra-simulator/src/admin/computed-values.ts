import { SYNC_SERVICE_READ_ONLY } from '@adjoin/contracts';
import type { SyncValue } from '@adjoin/sync-service';
import { z } from 'zod';
import type { Json } from '../json.js';
import { knownProperty } from '../sync-service/check-object.js';
import type { SyncState } from '../sync-service/sync-state.js';

const NAMES = z.string().refine((name) => SYNC_SERVICE_READ_ONLY.has(name), 'The service does not compute it.');
/** By object id: values by name; bytes are Base64 text. */
const computed = z.record(z.string(), z.record(NAMES, z.union([z.string(), z.number().int(), z.array(z.string())])));

/**
 * What Exchange Online and the service itself do with synchronized objects: values that nobody sends and that the next read-back shows. Gives the
 * number of objects; ids that are not synchronized objects are left out. @throws z.ZodError for a name that the service does not compute
 */
export function setComputedValues(sync: SyncState, body: Json | undefined): number {
  let changed = 0;
  for (const [id, values] of Object.entries(computed.parse(body ?? {}))) {
    const object = sync.byId(id);
    if (object === undefined) continue;
    for (const [name, value] of Object.entries(values)) {
      const isBinary = knownProperty(object.type, name)?.kind === 'binary';
      object.values.set(name.toLowerCase(), { name, value: syncValue(value, isBinary) });
    }
    sync.touch(object);
    changed += 1;
  }
  return changed;
}

function syncValue(value: string | number | readonly string[], isBinary: boolean): SyncValue {
  if (typeof value === 'number') return { type: 'long', value: BigInt(value) };
  if (typeof value !== 'string') return { type: 'strings', values: [...value] };
  return isBinary ? { type: 'binary', value: Buffer.from(value, 'base64') } : { type: 'string', value };
}
