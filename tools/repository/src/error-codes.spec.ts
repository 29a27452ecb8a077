import { ERROR_CODES } from '@adjoin/contracts';
import { repositoryRoot } from '@adjoin/stack';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCodesPage } from './error-codes.js';

it('docs/error-codes.md is what the table of codes gives', () => {
  const page = readFileSync(join(repositoryRoot(), 'docs', 'error-codes.md'), 'utf8');
  expect(page, 'run: npm run build && node tools/repository/dist/write-error-codes.js').toBe(
    errorCodesPage(ERROR_CODES),
  );
});

it('a code names its area, its cause and what to do', () => {
  for (const [code, { cause, hint }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^ADJ-[A-Z]{3}-\d{4}$/);
    expect(cause.length, code).toBeGreaterThan(5);
    expect(hint.length, code).toBeGreaterThan(5);
  }
});
