import { readdirSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Packages resolve to their sources in tests, so that no build is needed before a test. */
const alias = Object.fromEntries(
  ['libs', 'apps', 'tools'].flatMap((folder) =>
    readdirSync(resolve(import.meta.dirname, folder))
      .filter((name) => existsSync(resolve(import.meta.dirname, folder, name, 'src/index.ts')))
      .map((name) => [`@adjoin/${name}`, resolve(import.meta.dirname, folder, name, 'src/index.ts')]),
  ),
);

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{libs,apps,tools}/*/src/**/*.spec.ts'],
          exclude: ['**/*.int.spec.ts', '**/dist/**', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['{libs,apps,tools}/*/src/**/*.int.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.spec.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
