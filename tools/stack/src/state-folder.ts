import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The root of the repository: the first folder above this file that holds the workspace's lock file. */
export function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}

/** Folders of the local stack. Downloads and snapshots in `cache` survive `clean`; `run(name)` belongs to one stack. */
export interface StateFolder {
  readonly root: string;
  readonly cache: string;
  run(name: string): string;
}

/** Opens (and creates) the state folder: the one given, else `ADJOIN_STATE`, else `.state` in the repository. */
export function stateFolder(
  root: string = process.env['ADJOIN_STATE'] ?? join(repositoryRoot(), '.state'),
): StateFolder {
  const base = resolve(root);
  const cache = join(base, 'cache');
  mkdirSync(cache, { recursive: true });
  return {
    root: base,
    cache,
    run: (name) => {
      const folder = join(base, 'run', name);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
  };
}

/** The Node 24 that comes with the workspace, else the one that runs this code. */
export function nodeBinary(): string {
  const bundled = join(repositoryRoot(), 'node_modules', 'node', 'bin', 'node');
  return existsSync(bundled) ? bundled : process.execPath;
}
