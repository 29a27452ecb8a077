import { repositoryRoot } from '@adjoin/stack';
import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// The files are made up, so rules that need types are off.
const eslint = new ESLint({
  cwd: repositoryRoot(),
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: null } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
});

async function problems(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(repositoryRoot(), file) });
  return (
    result?.messages.filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message) ?? []
  );
}
const importing = (name: string): string => `import * as it from '${name}';\nexport const used = it;`;
const BOUNDARY = '@nx/enforce-module-boundaries';

describe('the dependency arrow', { timeout: 180_000 }, () => {
  it.each([
    ['the core', 'libs/engine/src/example.ts', '@adjoin/contracts'],
    ['the core', 'libs/engine/src/example.ts', 'zod'],
    ['contracts', 'libs/contracts/src/example.ts', '@adjoin/shared'],
    ['a domain library', 'libs/rule-files/src/example.ts', '@adjoin/shared'],
    ['a protocol', 'libs/graph/src/example.ts', '@adjoin/engine'],
    ['the shell', 'libs/shared/src/example.ts', '@adjoin/ad-ldap'],
    ['an app', 'apps/sync-engine/src/example.ts', '@adjoin/entra-exporter'],
    ['an app', 'apps/entra-exporter/src/example.ts', '@adjoin/entra-simulator'],
    ['an app', 'apps/sync-engine/src/example.ts', '@adjoin/stack'],
    ['an app', 'apps/sync-engine/src/example.ts', '@adjoin/testing'],
  ])('%s (%s) may not import %s', async (_who, file, name) => {
    expect(await problems(file, importing(name))).toEqual([BOUNDARY]);
  });

  it.each([
    ['libs/rule-files/src/example.ts', '@adjoin/engine'],
    ['libs/shared/src/example.ts', '@adjoin/contracts'],
    ['apps/sync-engine/src/example.ts', '@adjoin/engine'],
    ['apps/entra-exporter/src/example.spec.ts', '@adjoin/entra-simulator'],
    ['tools/stack/src/example.ts', '@adjoin/ad-ldap'],
  ])('%s may import %s', async (file, name) => {
    expect(await problems(file, importing(name))).toEqual([]);
  });

  it('the core has no Node, no clock and no chance', async () => {
    expect(await problems('libs/engine/src/example.ts', importing('node:fs'))).toEqual(['no-restricted-imports']);
    const impure =
      'export const now = Date.now();\nexport const chance = Math.random();\nexport const env = process.env;';
    expect(await problems('libs/engine/src/example.ts', impure)).toEqual([
      'no-restricted-properties',
      'no-restricted-properties',
      'no-restricted-globals',
    ]);
  });

  it.each([
    ['apps/entra-exporter/src/example.ts', ['no-restricted-imports']],
    ['apps/control-plane/src/example.spec.ts', ['no-restricted-imports']],
    ['libs/graph/src/example.ts', [BOUNDARY, 'no-restricted-imports']],
    ['e2e/example.e2e.spec.ts', ['no-restricted-imports']],
    ['apps/password-hash-sync/src/example.ts', []],
  ])('what reads password hashes is imported by one process only: %s', async (file, expected) => {
    const found = await problems(file, importing('@adjoin/ad-drsr'));
    expect([...found].sort()).toEqual([...expected].sort());
  });

  it('only the public API of a package is imported', async () => {
    expect(await problems('apps/cli/src/example.ts', importing('@adjoin/engine/dist/sync/session.js'))).toContain(
      'no-restricted-imports',
    );
  });
});

describe('house rules', { timeout: 180_000 }, () => {
  it('no any, no non-null assertion, no default export, no enum, no console', async () => {
    const code = [
      'export const a = (x: any): string => x.y!;',
      'export enum E { A }',
      'export default a;',
      "console.log('x');",
    ].join('\n');
    expect(new Set(await problems('apps/sync-engine/src/example.ts', code))).toEqual(
      new Set([
        '@typescript-eslint/no-explicit-any',
        '@typescript-eslint/no-non-null-assertion',
        'no-restricted-syntax',
        'no-console',
      ]),
    );
  });

  it('a file ends before line 500', async () => {
    const code = Array.from({ length: 501 }, (_, n) => `export const a${n} = ${n};`).join('\n');
    expect(await problems('apps/sync-engine/src/example.ts', code)).toEqual(['max-lines']);
  });
});
