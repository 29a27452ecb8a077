import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { functionCatalogue } from '@adjoin/engine';
import { functionsReference } from './functions-reference.js';

it('docs/functions.md is what the functions say (npm run docs -w @adjoin/cli writes it)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../../docs/functions.md'), 'utf8');
  expect(written).toBe(functionsReference(functionCatalogue()));
});

it('a function that is new has a line by its entry alone', () => {
  const [first] = functionCatalogue();
  const entry = { ...first, name: 'Twice', group: 'New', signature: 'str Twice(str|bin text)', summary: 'Two of it.' };
  expect(functionsReference([entry as NonNullable<typeof first>])).toContain(
    '## New\n\n| function | signature | |\n| --- | --- | --- |\n| Twice | `str Twice(str\\|bin text)` | Two of it.',
  );
});
