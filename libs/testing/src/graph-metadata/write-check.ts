import { existsSync, readFileSync } from 'node:fs';
import { graphViolations } from './graph-violations.js';

/** A request to Graph; a batch is one with the path `/$batch`. */
export interface GraphWrite {
  readonly method: string;
  /** After the version, with or without query. */
  readonly path: string;
  readonly body?: unknown;
}

interface Batch {
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: unknown }[];
}

/** Checks requests against Microsoft's metadata of Graph v1.0, each request of a batch by itself. */
export class WriteCheck {
  /** What the metadata does not allow. */
  readonly violations: string[] = [];
  /** Writes that were checked. */
  checked = 0;

  take({ method, path, body }: GraphWrite): void {
    if (method === 'GET') return;
    if (path === '/$batch') {
      for (const item of (body as Batch).requests) this.take({ method: item.method, path: item.url, body: item.body });
      return;
    }
    this.checked++;
    this.violations.push(...graphViolations(method, path, body));
  }
}

/** Checks all that a simulator recorded (`--record-writes`). Without the file nothing was written. */
export function checkRecordedWrites(file: string): WriteCheck {
  const check = new WriteCheck();
  if (!existsSync(file)) return check;
  for (const line of readFileSync(file, 'utf8').split('\n'))
    if (line !== '') check.take(JSON.parse(line) as GraphWrite);
  return check;
}
