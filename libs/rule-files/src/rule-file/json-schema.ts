import { z } from 'zod';
import { scenarioSchema } from '../scenario/format.js';
import { expressionText, flowText, ruleFileSchema } from './format.js';
import { functionSnippets } from './function-snippets.js';

/** JSON schema of rule files, for editors; docs/rules.schema.json is this. */
export function ruleFileJsonSchema(): object {
  return { title: 'Adjoin rule file', ...jsonSchemaOf(ruleFileSchema) };
}

/** JSON schema of scenario files; docs/scenario.schema.json is this. */
export function scenarioJsonSchema(): object {
  return { title: 'Adjoin scenario file', ...jsonSchemaOf(scenarioSchema) };
}

function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    io: 'input',
    reused: 'ref',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = zodSchema._zod.def;
      // YAML has one kind of number; the reader uses 64-bit integers.
      if (type === 'bigint') jsonSchema.type = 'integer';
      if (type === 'number' && jsonSchema.type === undefined) jsonSchema.type = 'number';
      if (zodSchema === expressionText) jsonSchema['defaultSnippets'] = functionSnippets('');
      if (zodSchema === flowText) jsonSchema['defaultSnippets'] = functionSnippets('= ');
    },
  });
}
