import type { AttributeDefinition, AttributeType, TypeSchema } from '@adjoin/engine';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RuleProblem } from '../document/problem.js';
import { YamlDocument } from '../document/yaml-document.js';

export type SpaceName = 'ad' | 'metaverse' | 'entra';
export const SPACE_NAMES = ['ad', 'metaverse', 'entra'] as const;

/** Attributes by object type, for the AD connectors, the metaverse and the Entra connector. */
export type AttributeSchema = Readonly<Record<SpaceName, Readonly<Record<string, TypeSchema>>>>;

const single = (type: AttributeType): AttributeDefinition => ({ type, multiValued: false });
const multi = (type: AttributeType): AttributeDefinition => ({ type, multiValued: true });

/** Type names of schema and rule files; the plural is multi-valued. */
export const ATTRIBUTE_DEFINITIONS: Readonly<Record<string, AttributeDefinition>> = {
  string: single('string'),
  strings: multi('string'),
  reference: single('reference'),
  references: multi('reference'),
  number: single('number'),
  numbers: multi('number'),
  boolean: single('boolean'),
  binary: single('binary'),
  binaries: multi('binary'),
};

const names = z.array(z.string().min(1)).optional();
const typeEntry = z.strictObject({
  like: z.string().optional(),
  string: names,
  strings: names,
  reference: names,
  references: names,
  number: names,
  numbers: names,
  boolean: names,
  binary: names,
  binaries: names,
});
const schemaFile = z.record(z.string(), typeEntry);

/** Reads `ad.yaml`, `metaverse.yaml` and `entra.yaml` of a schema folder. */
export function loadAttributeSchema(folder: string): {
  readonly schema: AttributeSchema;
  readonly problems: readonly RuleProblem[];
} {
  const problems: RuleProblem[] = [];
  const read = (space: SpaceName): Readonly<Record<string, TypeSchema>> => {
    const file = join(folder, `${space}.yaml`);
    const document = new YamlDocument(file, readFileSync(file, 'utf8'));
    const parsed = schemaFile.safeParse(document.data);
    problems.push(...document.syntaxProblems);
    if (!parsed.success) {
      if (document.syntaxProblems.length === 0)
        problems.push(...document.zodProblems(parsed.error, Object.keys(ATTRIBUTE_DEFINITIONS)));
      return {};
    }
    return typesOf(parsed.data);
  };
  return { schema: { ad: read('ad'), metaverse: read('metaverse'), entra: read('entra') }, problems };
}

function typesOf(file: z.output<typeof schemaFile>): Record<string, TypeSchema> {
  const types: Record<string, Record<string, AttributeDefinition>> = {};
  for (const [type, { like, ...lists }] of Object.entries(file)) {
    const attributes: Record<string, AttributeDefinition> = { ...(like === undefined ? {} : types[like]) };
    for (const [kind, list] of Object.entries(lists)) {
      const definition = ATTRIBUTE_DEFINITIONS[kind];
      if (definition) for (const name of list ?? []) attributes[name] = definition;
    }
    types[type] = attributes;
  }
  return types;
}

/** Types of further attributes: space, object type, attribute name. */
export type OwnAttributes = {
  readonly [space in SpaceName]?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
};

/** Adds attributes that rule files declare. */
export function extendSchema(schema: AttributeSchema, own: OwnAttributes): AttributeSchema {
  const extended: Record<SpaceName, Record<string, TypeSchema>> = {
    ad: { ...schema.ad },
    metaverse: { ...schema.metaverse },
    entra: { ...schema.entra },
  };
  for (const space of SPACE_NAMES) {
    for (const [type, attributes] of Object.entries(own[space] ?? {})) {
      const added = Object.entries(attributes).map(
        ([name, kind]) => [name, ATTRIBUTE_DEFINITIONS[kind] ?? single('string')] as const,
      );
      extended[space][type] = { ...extended[space][type], ...Object.fromEntries(added) };
    }
  }
  return extended;
}

/**
 * The schema's spelling of a name from a directory: LDAP names do not depend on letter case, expressions do.
 * @returns the name itself when the schema does not know it
 */
export function schemaSpelling(types: Readonly<Record<string, TypeSchema>>, type: string, name: string): string {
  const attributes = types[type];
  if (attributes === undefined || attributes[name] !== undefined) return name;
  const lower = name.toLowerCase();
  return Object.keys(attributes).find((known) => known.toLowerCase() === lower) ?? name;
}
