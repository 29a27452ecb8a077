import type { FunctionDefinition } from './function-definition.js';
import { certificateFunctions } from './functions/cert.js';
import { conversionFunctions } from './functions/convert.js';
import { dateFunctions } from './functions/date.js';
import { directoryFunctions } from './functions/directory.js';
import { evaluationFunctions } from './functions/evaluate.js';
import { flowFunctions } from './functions/flow.js';
import { mathFunctions } from './functions/math.js';
import { multiValueFunctions } from './functions/multi.js';
import { textFunctions } from './functions/text.js';
import type { ValueType } from './value-type.js';

/** Every function of the language by topic, in the order of the reference. */
export const functionGroups: ReadonlyMap<string, readonly FunctionDefinition[]> = new Map([
  ['Math', mathFunctions],
  ['Conversion', conversionFunctions],
  ['Date and time', dateFunctions],
  ['Directory', directoryFunctions],
  ['Evaluation', evaluationFunctions],
  ['Multi-valued', multiValueFunctions],
  ['Program flow', flowFunctions],
  ['Text', textFunctions],
  ['Certificates', certificateFunctions],
]);

const byName = new Map<string, FunctionDefinition>();
for (const definition of [...functionGroups.values()].flat()) {
  for (const name of [definition.name, ...definition.aliases]) byName.set(name, definition);
}

/** The function of that exact name (upper and lower case count). */
export function findFunction(name: string): FunctionDefinition | undefined {
  return byName.get(name);
}

/** The right spelling for a name in the wrong case. */
export function similarFunctionName(name: string): string | undefined {
  const lower = name.toLowerCase();
  for (const known of byName.keys()) if (known.toLowerCase() === lower) return known;
  return undefined;
}

export interface CatalogueParameter {
  readonly name: string;
  /** Accepted types; `var` is any. */
  readonly types: readonly ValueType[];
  readonly optional: boolean;
}

/** One line of the function reference, for documentation and completion. */
export interface FunctionCatalogueEntry {
  readonly name: string;
  readonly group: string;
  readonly signature: string;
  readonly returns: ValueType;
  readonly parameters: readonly CatalogueParameter[];
  /** The last two parameters may repeat. */
  readonly repeats?: boolean | undefined;
  readonly summary: string;
  /** Other accepted spellings. */
  readonly aliases?: readonly string[] | undefined;
  /** True for functions that default rules use but the public reference does not list. */
  readonly undocumented?: boolean | undefined;
}

/** All functions, ordered by group. */
export function functionCatalogue(): readonly FunctionCatalogueEntry[] {
  return [...functionGroups].flatMap(([group, definitions]) =>
    definitions.map(({ name, signature, returns, parameters, repeats, summary, aliases, undocumented }) => ({
      ...{ name, group, signature, returns, summary },
      parameters: parameters.map(({ name: parameter, types, optional }) => ({
        ...{ name: parameter, types: [...types], optional },
      })),
      ...(repeats ? { repeats } : {}),
      ...(aliases.length > 0 ? { aliases } : {}),
      ...(undocumented ? { undocumented } : {}),
    })),
  );
}
