import metadata from './graph-v1-properties.json' with { type: 'json' };

interface Property {
  readonly type: string;
  readonly nullable: boolean;
}
interface Entity {
  readonly base: string;
  readonly properties: Readonly<Record<string, Property>>;
  readonly navigation: Readonly<Record<string, string>>;
}
type Properties = Readonly<Record<string, Property>>;
const ENTITIES: Readonly<Record<string, Entity>> = metadata.entities;
const COMPLEX: Readonly<Record<string, Properties>> = metadata.complexTypes;
const ENUMS: Readonly<Record<string, readonly string[]>> = metadata.enums;

/** What the body of a write is, by path after the version. */
const TARGETS: readonly (readonly [RegExp, string])[] = [
  [/^\/users(\/[^/]+)?$/, 'user'],
  [/^\/groups(\/[^/]+)?$/, 'group'],
  [/^\/devices(\/[^/]+)?$/, 'device'],
  [/^\/applications(\/[^/]+)?$/, 'application'],
  [/^\/applications\/[^/]+\/extensionProperties$/, 'extensionProperty'],
  [/\/\$ref$/, 'reference'],
  [/^\/directory\/deletedItems\/[^/]+\/restore$/, 'nothing'],
];
const EXTENSION = /^extension_[0-9a-f]{32}_\w+$/;
const BIND_LIMIT = 20;

/**
 * What Microsoft's metadata of Graph v1.0 (names, types, nullability) does not allow in the body of a write; empty = nothing.
 * @param url path after the version, e.g. `/users/<id>`
 */
export function graphViolations(method: string, url: string, body: unknown): readonly string[] {
  const path = url.split('?')[0] ?? '';
  if (method === 'DELETE') return body === undefined ? [] : [`${method} ${path}: a body`];
  if (method === 'PUT' && path.endsWith('/photo/$value'))
    return typeof body === 'string' ? [] : [`PUT ${path}: no picture`];
  const target = TARGETS.find(([pattern]) => pattern.test(path))?.[1];
  if (target === undefined) return [`${method} ${path}: not a known target of a write`];
  if (!isObject(body)) return [`${method} ${path}: the body is no object`];
  return Object.entries(body).flatMap(([name, value]) =>
    problemsOf(target, name, value).map((problem) => `${method} ${path}: ${name} ${problem}`),
  );
}

function problemsOf(target: string, name: string, value: unknown): readonly string[] {
  if (target === 'nothing') return ['is not expected'];
  if (target === 'reference') return name === '@odata.id' && isAddress(value) ? [] : ['is no reference'];
  if (EXTENSION.test(name)) return isExtensionValue(value) ? [] : ['has no value an extension takes'];
  const bound = /^(\w+)@odata\.bind$/.exec(name)?.[1];
  if (bound !== undefined) return bindProblems(target, bound, value);
  const property = propertyOf(target, name);
  return property === undefined ? ['is no property'] : valueProblems(property, value);
}

function bindProblems(target: string, name: string, value: unknown): readonly string[] {
  if (ENTITIES[target]?.navigation[name]?.startsWith('Collection(') !== true) return ['is no relationship'];
  if (!Array.isArray(value) || !value.every(isAddress)) return ['is no list of addresses'];
  return value.length > BIND_LIMIT ? [`has ${value.length} entries`] : [];
}

function propertyOf(entity: string, name: string): Property | undefined {
  const known = ENTITIES[entity];
  if (known === undefined) return undefined;
  return known.properties[name] ?? (known.base === '' ? undefined : propertyOf(known.base, name));
}

function valueProblems({ type, nullable }: Property, value: unknown): readonly string[] {
  if (value === null) return nullable ? [] : ['cannot be null'];
  const element = /^Collection\((.*)\)$/.exec(type)?.[1];
  if (element === undefined) return scalarProblems(type, value);
  return Array.isArray(value) ? value.flatMap((item) => scalarProblems(element, item)) : ['is no list'];
}

function scalarProblems(type: string, value: unknown): readonly string[] {
  const name = type.replace(/^(graph|microsoft\.graph)\./, '');
  const members = COMPLEX[name];
  if (members !== undefined) {
    if (!isObject(value)) return [`is no ${name}`];
    return Object.entries(value).flatMap(([key, item]) => {
      const member = members[key];
      const problems = member === undefined ? ['is no member'] : valueProblems(member, item);
      return problems.map((problem) => `/${key} ${problem}`);
    });
  }
  const values = ENUMS[name];
  if (values !== undefined) return typeof value === 'string' && values.includes(value) ? [] : [`is no ${name}`];
  return isPrimitive(type, value) ? [] : [`is no ${type}`];
}

function isPrimitive(type: string, value: unknown): boolean {
  switch (type) {
    case 'Edm.String':
      return typeof value === 'string' && value !== '';
    case 'Edm.Boolean':
      return typeof value === 'boolean';
    case 'Edm.Int32':
    case 'Edm.Int64':
      return Number.isInteger(value);
    case 'Edm.DateTimeOffset':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'Edm.Guid':
      return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value);
    case 'Edm.Binary':
      return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
    default:
      return false;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^https:\/\/.+\/v1\.0\/directoryObjects\/[0-9a-f-]{36}$/.test(value);

function isExtensionValue(value: unknown): boolean {
  if (value === null) return true;
  return Array.isArray(value) ? value.every(isExtensionValue) : ['string', 'number', 'boolean'].includes(typeof value);
}
