import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionCatalogue } from '@adjoin/engine';
import { ruleFileJsonSchema } from './json-schema.js';

const docs = join(import.meta.dirname, '../../../../docs');

describe('the JSON schema of rule files', () => {
  it('offers every function at the places of expressions', () => {
    const text = JSON.stringify(ruleFileJsonSchema());
    for (const { name } of functionCatalogue()) expect(text, name).toMatch(new RegExp(`"body":"= ${name}\\(`));
  });

  it('is the one in docs; run vitest with --update after a change of the format', async () => {
    await expect(`${JSON.stringify(ruleFileJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      join(docs, 'rules.schema.json'),
    );
  });
});
