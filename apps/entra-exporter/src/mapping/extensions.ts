import { SyncError, type GraphObjectType, type WireScalar, type WireValue } from '@adjoin/contracts';
import type { ExtensionDefinition } from '@adjoin/graph';

/** Most characters of a String value, and bytes of a Binary one (operations/graph-export.md section 9). */
const MAX = 256;
const NONE: readonly ExtensionDefinition[] = [];

/** The extensions of an object type. */
export function extensionsOf(
  type: GraphObjectType,
  extensions: readonly ExtensionDefinition[] | undefined,
): readonly ExtensionDefinition[] {
  if (extensions === undefined || (type !== 'user' && type !== 'group')) return NONE;
  return extensions.filter(({ objectTypes }) => objectTypes.includes(type));
}

/** A value as Graph takes it. @throws ADJ-EXP-3006, ADJ-EXP-3016 naming the extension */
export function toExtension(extension: ExtensionDefinition, value: WireValue | null): unknown {
  const values = value === null ? [] : Array.isArray(value) ? value : [value];
  if (extension.multiValued) return values.map((one) => scalar(extension, one));
  const [first] = values;
  return first === undefined || first === '' ? null : scalar(extension, first);
}

function scalar({ name, type }: ExtensionDefinition, value: WireScalar): string | number | boolean {
  const wrong = (): SyncError => new SyncError('ADJ-EXP-3006', `${name} must be ${type}.`);
  switch (type) {
    case 'Boolean':
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
      throw wrong();
    case 'Integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number;
      throw wrong();
    }
    case 'Binary':
      if (typeof value !== 'object' || !('$binary' in value)) throw wrong();
      return fitting(name, value.$binary, Buffer.from(value.$binary, 'base64').length, 'bytes');
    case 'String': {
      if (typeof value === 'object') throw wrong();
      const text = String(value);
      return fitting(name, text, text.length, 'characters');
    }
  }
}

function fitting(name: string, value: string, size: number, unit: string): string {
  if (size > MAX) throw new SyncError('ADJ-EXP-3016', `${name} has ${size} ${unit}; the service takes ${MAX}.`);
  return value;
}

/** A value of Graph as the connector space has it; null = none. */
export function fromExtension({ type }: ExtensionDefinition, value: unknown): WireValue | null {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => wire(type, one));
  return value === null || value === '' ? null : wire(type, value);
}

function wire(type: ExtensionDefinition['type'], value: unknown): WireScalar {
  if (type === 'Binary') return { $binary: String(value) };
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
