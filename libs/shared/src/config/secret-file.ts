import { readFileSync } from 'node:fs';
import { SyncError } from '@adjoin/contracts';
import { Redacted } from './redacted.js';

/** Content of a secret file without its last line break. Throws ADJ-CFG-0002 when it is missing, unreadable or empty. */
export function readSecretFile(path: string): Redacted<string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0002', `The secret file ${path} cannot be read.`, { cause });
  }
  if (text === '') throw new SyncError('ADJ-CFG-0002', `The secret file ${path} is empty.`);
  return new Redacted(text);
}
