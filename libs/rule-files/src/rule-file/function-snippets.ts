import { functionCatalogue, type FunctionCatalogueEntry } from '@adjoin/engine';

/** What an editor offers at the place of a value: `defaultSnippets`, which editors based on the YAML and JSON language servers know. */
export interface Snippet {
  readonly label: string;
  readonly description: string;
  /** Text to insert; `${1:name}` is a place to fill in. */
  readonly body: string;
}

/** A call of every function of the expression language with the parameters that it must have. */
export const functionSnippets = (before: string): readonly Snippet[] =>
  functionCatalogue().map((entry) => ({
    label: entry.name,
    description: `${entry.signature}: ${entry.summary}`,
    body: `${before}${entry.name}(${placesOf(entry).join(', ')})`,
  }));

const placesOf = ({ parameters }: FunctionCatalogueEntry): readonly string[] =>
  parameters.filter(({ optional }) => !optional).map(({ name }, index) => `\${${index + 1}:${name}}`);
