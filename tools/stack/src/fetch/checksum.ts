import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file as lower-case hexadecimal. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** SHA-256 over the sorted lines `<name> <sha256>` of the files of a folder with the given ending. */
export async function sha256OfFolder(folder: string, ending: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name} ${await sha256OfFile(join(folder, name))}\n`);
  return hash.digest('hex');
}
