#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const ownNode = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

if (!existsSync(main)) {
  process.stderr.write('adjoin is not built yet: run `npm run build` in the repository.\n');
  process.exitCode = 1;
} else if (Number(process.versions.node.split('.')[0]) < 22 && existsSync(ownNode)) {
  // The Node of the system is older than what the command line needs; the packages bring their own.
  const ended = spawnSync(ownNode, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = ended.status ?? 1;
} else {
  await import(main);
}
