import { repositoryRoot } from '@adjoin/stack';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = repositoryRoot();
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/adr', 'deploy/k8s', 'deploy/observability'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

it.each(pages)('the links of %s lead somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    expect(existsSync(join(root, dirname(page), target)), target).toBe(true);
  }
});

it('docs/dependencies.md lists every package in its version', () => {
  const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
  const folders = ['libs', 'apps', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  for (const folder of ['.', ...folders]) {
    const file = join(root, folder, 'package.json');
    if (!existsSync(file)) continue;
    const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name.startsWith('@adjoin/')) continue;
      expect(page.includes(`| ${name} | ${version} |`), `${folder}: add ${name} ${version} and why it is needed`).toBe(
        true,
      );
    }
  }
});
