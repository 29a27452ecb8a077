import type { Directory } from '../store/directory.js';
import type { DirectoryType } from '../store/directory-object.js';
import { isIndexed } from '../store/value-index.js';
import type { Filter } from './filter.js';

/** Ids that can satisfy the filter, from the indexes; `undefined` if only a scan can tell. */
export function candidates(filter: Filter, type: DirectoryType, directory: Directory): ReadonlySet<string> | undefined {
  const find = (path: string, value: unknown): ReadonlySet<string> | undefined => {
    if (typeof value !== 'string') return undefined;
    if (path === 'id') return new Set([value.toLowerCase()]);
    return isIndexed(type, path) ? directory.index.find(type, path, value) : undefined;
  };
  switch (filter.kind) {
    case 'and':
      return candidates(filter.left, type, directory) ?? candidates(filter.right, type, directory);
    case 'or':
      return union([candidates(filter.left, type, directory), candidates(filter.right, type, directory)]);
    case 'compare':
      return filter.operator === 'eq' ? find(filter.path, filter.value) : undefined;
    case 'in':
      return union(filter.values.map((value) => find(filter.path, value)));
    case 'any':
      return filter.condition?.kind === 'compare' && filter.condition.operator === 'eq' && filter.condition.path === ''
        ? find(filter.path, filter.condition.value)
        : undefined;
    case 'not':
    case 'text':
      return undefined;
  }
}

function union(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const id of set) all.add(id);
  }
  return all;
}
