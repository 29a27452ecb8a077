import type { SyncObjectType, SyncValue } from '@adjoin/sync-service';
import type { StoredCredential } from '../sign-in/credential.js';
import type { DirectoryType } from '../store/directory-object.js';

/** Type of the directory by type of the sync service. */
export const DIRECTORY_TYPE: Readonly<Record<SyncObjectType, DirectoryType>> = {
  User: 'user',
  Group: 'group',
  Contact: 'orgContact',
  Device: 'device',
};

/** A value that is held back since another object has it (spec engine/entra-service.md section 4). */
export interface Quarantined {
  readonly property: 'UserPrincipalName' | 'ProxyAddress';
  readonly value: string;
  readonly since: number;
}

/** What the service knows of a synchronized object beside what Graph shows: the exported values ("shadow", section 3). */
export interface SyncedObject {
  readonly id: string;
  readonly type: SyncObjectType;
  readonly sourceAnchor: string;
  /** By name in lower case. Members are links of the directory and not here. */
  readonly values: Map<string, { readonly name: string; readonly value: SyncValue }>;
  /** Number of the last change, for read-backs. */
  seq: number;
  quarantined: readonly Quarantined[];
}
export interface Tombstone {
  readonly id: string;
  readonly type: SyncObjectType;
  readonly sourceAnchor: string;
  readonly seq: number;
}

const key = (type: SyncObjectType, sourceAnchor: string): string => `${type}/${sourceAnchor}`;

/** The part of a tenant that only the sync service sees. */
export class SyncState {
  readonly credentials = new Map<string, StoredCredential>();
  readonly tombstones: Tombstone[] = [];
  /** Object id by security identifier (type and hex); entries of objects that are gone may linger. */
  readonly sids = new Map<string, string>();
  readonly #objects = new Map<string, SyncedObject>();
  readonly #byAnchor = new Map<string, SyncedObject>();
  #seq = 0;
  /** When held-back values were looked at last, ms. */
  healedAt = 0;
  exportsFinished = 0;

  get seq(): number {
    return this.#seq;
  }
  get size(): number {
    return this.#objects.size;
  }

  byId(id: string): SyncedObject | undefined {
    return this.#objects.get(id);
  }
  byAnchor(type: SyncObjectType, sourceAnchor: string): SyncedObject | undefined {
    return this.#byAnchor.get(key(type, sourceAnchor));
  }
  all(): IterableIterator<SyncedObject> {
    return this.#objects.values();
  }

  add(object: Pick<SyncedObject, 'id' | 'type' | 'sourceAnchor'>): SyncedObject {
    const added: SyncedObject = { ...object, values: new Map(), seq: ++this.#seq, quarantined: [] };
    this.load(added);
    return added;
  }

  /** Puts a saved object in its place. */
  load(object: SyncedObject): void {
    this.#objects.set(object.id, object);
    this.#byAnchor.set(key(object.type, object.sourceAnchor), object);
  }

  /** Numbers go on after this one. */
  resume(seq: number): void {
    this.#seq = seq;
  }

  /** The object changed: the next delta read shows it. */
  touch(object: SyncedObject): void {
    object.seq = ++this.#seq;
  }

  remove(object: SyncedObject): void {
    const { id, type, sourceAnchor } = object;
    this.#objects.delete(id);
    this.#byAnchor.delete(key(type, sourceAnchor));
    this.credentials.delete(id);
    this.tombstones.push({ id, type, sourceAnchor, seq: ++this.#seq });
  }
}
