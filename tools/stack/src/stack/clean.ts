import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../process/process-identity.js';
import type { StateFolder } from '../state-folder.js';
import { endLeftovers, readStackRecord } from './stack-file.js';

/** Removes the data of stacks that do not run; with `all` also downloads and snapshots. Exit code 1 when one still runs. */
export async function cleanCommand(state: StateFolder, options: { readonly all: boolean }): Promise<number> {
  const folder = join(state.root, 'run');
  const names = existsSync(folder) ? await readdir(folder) : [];
  let running = 0;
  for (const name of names) {
    const record = readStackRecord(join(folder, name));
    if (record !== undefined && isAlive(record.owner)) {
      process.stderr.write(`"${name}" runs and is kept; stop it with: npm run stack:down -- --name ${name}\n`);
      running += 1;
      continue;
    }
    if (record !== undefined) await endLeftovers(record, 5000);
    await rm(join(folder, name), { recursive: true, force: true });
    process.stdout.write(`removed ${join(folder, name)}\n`);
  }
  if (options.all && running === 0) {
    await rm(state.cache, { recursive: true, force: true });
    process.stdout.write(`removed ${state.cache}\n`);
  }
  return running === 0 ? 0 : 1;
}
