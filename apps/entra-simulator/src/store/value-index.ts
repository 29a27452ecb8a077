import type { Json } from '../json.js';
import type { DirectoryObject, DirectoryType } from './directory-object.js';

/** Properties with an index; extension properties of type string always have one. */
const INDEXED: Readonly<Record<DirectoryType, readonly string[]>> = {
  user: ['userPrincipalName', 'onPremisesImmutableId', 'mail', 'mailNickname', 'displayName', 'employeeId'],
  group: ['mail', 'mailNickname', 'displayName', 'uniqueName'],
  device: ['deviceId', 'displayName'],
  orgContact: ['mail', 'displayName'],
  application: ['appId', 'displayName'],
};
const COLLECTIONS = new Set(['proxyAddresses', 'otherMails']);

/** The immutable id is Base64 and compares exactly (spec engine/entra-service.md section 1); other strings do not. */
export function foldCase(property: string, value: string): string {
  return property === 'onPremisesImmutableId' ? value : value.toLowerCase();
}

/** True if equality of the property is answered by the index. */
export function isIndexed(type: DirectoryType, property: string): boolean {
  return INDEXED[type].includes(property) || COLLECTIONS.has(property) || property.startsWith('extension_');
}

/** Finds objects by the value of a property: type, property, folded value to object ids. */
export class ValueIndex {
  readonly #ids = new Map<string, Map<string, Set<string>>>();

  add(object: DirectoryObject, property: string, value: Json | undefined): void {
    for (const key of this.#keys(object.type, property, value)) {
      const name = `${object.type}/${property}`;
      let values = this.#ids.get(name);
      if (values === undefined) this.#ids.set(name, (values = new Map()));
      const ids = values.get(key);
      if (ids === undefined) values.set(key, new Set([object.id]));
      else ids.add(object.id);
    }
  }

  remove(object: DirectoryObject, property: string, value: Json | undefined): void {
    for (const key of this.#keys(object.type, property, value)) {
      const values = this.#ids.get(`${object.type}/${property}`);
      const ids = values?.get(key);
      ids?.delete(object.id);
      if (ids?.size === 0) values?.delete(key);
    }
  }

  find(type: DirectoryType, property: string, value: string): ReadonlySet<string> {
    return this.#ids.get(`${type}/${property}`)?.get(foldCase(property, value)) ?? new Set();
  }

  /** Values of an indexed property that more than one object has. */
  shared(
    type: DirectoryType,
    property: string,
  ): readonly { readonly value: string; readonly ids: readonly string[] }[] {
    const values = this.#ids.get(`${type}/${property}`) ?? new Map<string, Set<string>>();
    return [...values].filter(([, ids]) => ids.size > 1).map(([value, ids]) => ({ value, ids: [...ids] }));
  }

  /** Names of the indexed properties of a type that occur. */
  properties(type: DirectoryType): readonly string[] {
    return [...this.#ids.keys()].filter((name) => name.startsWith(`${type}/`)).map((n) => n.slice(type.length + 1));
  }

  #keys(type: DirectoryType, property: string, value: Json | undefined): readonly string[] {
    if (value === null || value === undefined || !isIndexed(type, property)) return [];
    if (typeof value === 'string') return [foldCase(property, value)];
    if (!Array.isArray(value)) return [];
    return value.filter((item): item is string => typeof item === 'string').map((item) => foldCase(property, item));
  }
}
