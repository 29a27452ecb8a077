import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flameGraph, programOf, readProfile } from './flame-graph.js';

/** Draws the profiles that were written since a time (ms since 1970) beside them; gives the pictures. */
export function writeFlameGraphs(folder: string, since: number): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile') && statSync(join(folder, name)).mtimeMs >= since)
    .map((name) => {
      const root = readProfile(readFileSync(join(folder, name), 'utf8'));
      const program = programOf(root);
      const file = join(folder, name.replace(/cpuprofile$/, `${program === undefined ? '' : `${program}.`}svg`));
      writeFileSync(file, flameGraph(root, program ?? name));
      return file;
    });
}
