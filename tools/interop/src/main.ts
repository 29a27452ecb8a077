import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInterop } from './interop.js';

/** Root of the repository; this file is tools/interop/dist/main.js. */
const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

try {
  const well = await runInterop(ROOT, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(well ? '\nEverything agrees.\n' : '\nSomething does not agree, see above.\n');
  process.exitCode = well ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
