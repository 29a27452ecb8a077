import nx from '@nx/eslint-plugin';
import devkit from 'nx/src/devkit-exports.js';
import tseslint from 'typescript-eslint';

// The module rule skips itself when there is no cached project graph, and believes an old one: so write the graph first.
process.env.NX_DAEMON ??= 'false';
await devkit.createProjectGraphAsync({ exitOnError: false });

const PRODUCT = ['type:shell', 'type:domain', 'type:protocol', 'type:contract', 'type:core'];

/** What each kind of package may import, by the tags in `nx.tags` of its package.json. */
const MAY_IMPORT = {
  'type:app': PRODUCT,
  'type:shell': ['type:contract', 'type:core'],
  'type:domain': ['type:contract', 'type:core'],
  'type:protocol': ['type:contract'],
  'type:contract': ['type:core'],
  'type:core': [],
};

const TESTS = ['**/*.spec.ts', '**/*.spec.tsx', '**/src/testing/**', 'libs/*/test/**', 'libs/testing/**', 'e2e/**'];

/** The dependency arrow for shipped code: no way from it to a development package, the core without any package. */
const productArrow = Object.entries(MAY_IMPORT).map(([sourceTag, allowed]) => ({
  sourceTag,
  onlyDependOnLibsWithTags: allowed,
  notDependOnLibsWithTags: ['scope:dev', 'type:testing'],
  ...(sourceTag === 'type:core' ? { bannedExternalImports: ['*'] } : {}),
}));

/** Tests may also use the test library, the simulator and the local stack. */
const testArrow = Object.entries(MAY_IMPORT).map(([sourceTag, allowed]) => ({
  sourceTag,
  onlyDependOnLibsWithTags: [...allowed, 'type:testing', 'scope:dev'],
}));

const freeArrow = [
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: PRODUCT },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
];

function moduleBoundaries(depConstraints) {
  return { '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints }] };
}

const DEEP_IMPORT = {
  group: ['@adjoin/*/*'],
  message: 'Import a package by its name: what it offers is its src/index.ts.',
};
/** Password hashes are read by one process, which runs apart from all others. */
const HASH_IMPORT = {
  group: ['@adjoin/ad-drsr'],
  message: 'Only apps/password-hash-sync may read password hashes.',
};
const NODE_IMPORT = {
  group: ['node:*'],
  message: 'This package also runs in a browser: no node: modules, take what is needed as a parameter.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.state/**', '.nx/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.eslint.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'warn' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-console': 'error',
      'no-debugger': 'error',
      'no-restricted-imports': ['error', { patterns: [DEEP_IMPORT, HASH_IMPORT] }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name.' },
        { selector: 'TSEnumDeclaration', message: 'No enum: use a const tuple and a union.' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      // 500 is the limit; the aim is 150.
      'max-lines': ['error', { max: 500 }],
      ...moduleBoundaries([...productArrow, ...freeArrow]),
    },
  },
  {
    files: ['libs/engine/src/**/*.ts', 'libs/contracts/src/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-imports': ['error', { patterns: [DEEP_IMPORT, HASH_IMPORT, NODE_IMPORT] }] },
  },
  {
    files: ['apps/password-hash-sync/src/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [DEEP_IMPORT] }] },
  },
  {
    files: ['libs/engine/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core has no clock: take the time as a parameter.' },
        { object: 'Math', property: 'random', message: 'The core has no randomness: take it as a parameter.' },
      ],
    },
  },
  { files: TESTS, rules: moduleBoundaries([...testArrow, ...freeArrow]) },
  { files: ['apps/cli/src/**', 'tools/**'], rules: { 'no-console': 'off' } },
  { files: ['**/vitest.config.ts', '**/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
