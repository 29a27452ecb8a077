import type { Json } from '../json.js';
import { isJsonObject } from '../json.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { propertyOf } from '../store/directory-object.js';
import { foldCase } from '../store/value-index.js';
import type { Comparison, Filter, FilterLiteral, TextFunction } from './filter.js';

/** Reads the value of a path of the thing under test. */
type Reader = (path: string) => Json | undefined;

/** True if the object satisfies the filter. */
export function matches(object: DirectoryObject, filter: Filter): boolean {
  return evaluate(filter, (path) => {
    const [name = '', member] = path.split('/');
    const value = propertyOf(object, name);
    return member === undefined ? value : isJsonObject(value) ? value[member] : undefined;
  });
}

function evaluate(filter: Filter, read: Reader): boolean {
  switch (filter.kind) {
    case 'and':
      return evaluate(filter.left, read) && evaluate(filter.right, read);
    case 'or':
      return evaluate(filter.left, read) || evaluate(filter.right, read);
    case 'not':
      return !evaluate(filter.operand, read);
    case 'compare':
      return compare(filter.path, read(filter.path), filter.operator, filter.value);
    case 'in':
      return filter.values.some((value) => compare(filter.path, read(filter.path), 'eq', value));
    case 'text':
      return text(filter.function, read(filter.path), filter.value);
    case 'any': {
      const items = read(filter.path);
      if (!Array.isArray(items)) return false;
      const { condition, path } = filter;
      if (condition === undefined) return items.length > 0;
      return items.some((item: Json) => evaluate(condition, (inner) => member(item, inner, path)));
    }
  }
}

function member(item: Json, path: string, collection: string): Json | undefined {
  if (path === '' || path === collection) return item;
  return isJsonObject(item) ? item[path] : undefined;
}

function text(name: TextFunction, value: Json | undefined, wanted: string): boolean {
  if (typeof value !== 'string') return false;
  const folded = value.toLowerCase();
  const part = wanted.toLowerCase();
  switch (name) {
    case 'startsWith':
      return folded.startsWith(part);
    case 'endsWith':
      return folded.endsWith(part);
    case 'contains':
      return folded.includes(part);
  }
}

function compare(path: string, actual: Json | undefined, operator: Comparison, wanted: FilterLiteral): boolean {
  const left = actual ?? null;
  if (wanted === null || left === null) {
    if (operator === 'eq') return left === wanted;
    return operator === 'ne' && left !== wanted;
  }
  const [a, b] = comparable(path, left, wanted);
  if (a === undefined) return operator === 'ne';
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
  }
}

type Ordered = string | number | boolean;

function comparable(path: string, left: Json, wanted: Exclude<FilterLiteral, null>): [Ordered, Ordered] | [undefined] {
  if (typeof wanted === 'object') return typeof left === 'string' ? [Date.parse(left), wanted.date] : [undefined];
  if (typeof left === 'string' && typeof wanted === 'string') return [foldCase(path, left), foldCase(path, wanted)];
  if (typeof left === typeof wanted && (typeof left === 'number' || typeof left === 'boolean')) return [left, wanted];
  return [undefined];
}
