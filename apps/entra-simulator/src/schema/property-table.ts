import table from './property-table.json' with { type: 'json' };

/** Entities whose properties the table lists. */
export type EntityName = keyof typeof table.entities | 'directoryObject';

/** Type of a property as the service's metadata states it. */
export interface PropertyType {
  /** Primitive (`String`, `Boolean`, `Int32`, `DateTimeOffset`, `Guid`…) or the name of a complex type. */
  readonly name: string;
  readonly collection: boolean;
  readonly nullable: boolean;
}

const parsed = new Map<string, ReadonlyMap<string, PropertyType>>();

function parse(source: Readonly<Record<string, string>>): ReadonlyMap<string, PropertyType> {
  return new Map(
    Object.entries(source).map(([property, text]) => {
      const nullable = !text.endsWith('!');
      const bare = nullable ? text : text.slice(0, -1);
      const collection = bare.endsWith('[]');
      return [property, { name: collection ? bare.slice(0, -2) : bare, collection, nullable }];
    }),
  );
}

function lookup(kind: 'entities' | 'complexTypes', name: string): ReadonlyMap<string, PropertyType> | undefined {
  const key = `${kind}/${name}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const source = (table[kind] as Readonly<Record<string, Readonly<Record<string, string>>>>)[name];
  if (source === undefined) return undefined;
  const properties = parse(source);
  parsed.set(key, properties);
  return properties;
}

/** Properties of an entity by name, in the case the service uses. */
export function propertiesOf(entity: EntityName): ReadonlyMap<string, PropertyType> {
  if (entity === 'directoryObject') return ANY_OBJECT();
  return lookup('entities', entity) ?? new Map();
}

/** Lists of mixed types take the properties of every type in `$select` and `$filter`. */
const ANY_OBJECT = (): ReadonlyMap<string, PropertyType> => {
  const known = parsed.get('directoryObject');
  if (known !== undefined) return known;
  const all = new Map(
    (['orgContact', 'device', 'group', 'user'] as const).flatMap((entity) => [...propertiesOf(entity)]),
  );
  parsed.set('directoryObject', all);
  return all;
};

/** Properties of a complex type; `undefined` for a primitive one. */
export function complexTypeOf(name: string): ReadonlyMap<string, PropertyType> | undefined {
  return lookup('complexTypes', name);
}
