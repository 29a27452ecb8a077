import type { LdapConnection } from '../connection/ldap-connection.js';
import { rawText, type RawEntry } from '../connection/raw-entry.js';
import { pagedSearch } from '../directory/paged-search.js';

/** What a value is, by the schema's attributeSyntax ([MS-ADTS] 3.1.1.2.2.2). */
export type AttributeKind = 'text' | 'integer' | 'largeInteger' | 'boolean' | 'bytes' | 'time' | 'dn' | 'dnWithData';

export interface AttributeSchema {
  /** lDAPDisplayName as the schema writes it. */
  readonly name: string;
  readonly kind: AttributeKind;
  readonly singleValued: boolean;
  /** Forward link (even linkID): values come and go one by one. */
  readonly link: 'forward' | 'back' | undefined;
}

const KIND_OF_SYNTAX: Readonly<Record<string, AttributeKind>> = {
  '2.5.5.1': 'dn',
  '2.5.5.2': 'text',
  '2.5.5.3': 'text',
  '2.5.5.4': 'text',
  '2.5.5.5': 'text',
  '2.5.5.6': 'text',
  '2.5.5.7': 'dnWithData',
  '2.5.5.8': 'boolean',
  '2.5.5.9': 'integer',
  '2.5.5.10': 'bytes',
  '2.5.5.11': 'time',
  '2.5.5.12': 'text',
  '2.5.5.13': 'text',
  '2.5.5.14': 'dnWithData',
  '2.5.5.15': 'bytes',
  '2.5.5.16': 'largeInteger',
  '2.5.5.17': 'bytes',
};

/** The attributes of a forest by name, case-insensitive. */
export class ForestSchema {
  readonly #byName: ReadonlyMap<string, AttributeSchema>;
  readonly #byExactName: ReadonlyMap<string, AttributeSchema>;
  constructor(attributes: Iterable<AttributeSchema>) {
    const all = [...attributes];
    this.#byName = new Map(all.map((attribute) => [attribute.name.toLowerCase(), attribute]));
    this.#byExactName = new Map(all.map((attribute) => [attribute.name, attribute]));
  }
  get size(): number {
    return this.#byName.size;
  }
  find(name: string): AttributeSchema | undefined {
    return this.#byExactName.get(name) ?? this.#byName.get(name.toLowerCase());
  }
}

/** One attributeSchema entry; undefined when it lacks a name (defunct leftovers). */
export function attributeSchemaOf(entry: RawEntry): AttributeSchema | undefined {
  const name = rawText(entry, 'lDAPDisplayName');
  if (name === undefined) return undefined;
  const linkId = Number(rawText(entry, 'linkID') ?? Number.NaN);
  return {
    name,
    kind: KIND_OF_SYNTAX[rawText(entry, 'attributeSyntax') ?? ''] ?? 'bytes',
    singleValued: rawText(entry, 'isSingleValued') === 'TRUE',
    link: Number.isNaN(linkId) ? undefined : linkId % 2 === 0 ? 'forward' : 'back',
  };
}

/** Reads the attribute part of the schema (about 1,500 entries, under a second). */
export async function readSchema(
  connection: LdapConnection,
  schemaNamingContext: string,
  signal?: AbortSignal,
): Promise<ForestSchema> {
  const attributes: AttributeSchema[] = [];
  const options = {
    base: schemaNamingContext,
    scope: 'one' as const,
    filter: '(objectClass=attributeSchema)',
    attributes: ['lDAPDisplayName', 'attributeSyntax', 'isSingleValued', 'linkID'],
  };
  await pagedSearch(
    connection,
    options,
    (entry) => {
      const attribute = attributeSchemaOf(entry);
      if (attribute !== undefined) attributes.push(attribute);
    },
    signal,
  );
  return new ForestSchema(attributes);
}
