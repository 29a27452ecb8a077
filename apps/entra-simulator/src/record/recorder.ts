import { appendFileSync } from 'node:fs';
import type { Json } from '../json.js';

export interface RecorderFiles {
  /** Gets the writes to Graph. */
  readonly writes?: string | undefined;
  /** Gets the messages of the provisioning web service. */
  readonly messages?: string | undefined;
}

/** What a recorded write to Graph is; a batch is one of them, with its items in the body. */
export interface RecordedWrite {
  readonly method: string;
  /** After the version, for instance `/users` or `/$batch`. */
  readonly path: string;
  readonly body?: Json | undefined;
}

/** A call of the provisioning web service: request and answer in base64. */
export interface RecordedMessage {
  readonly operation: string;
  readonly request: string;
  readonly reply?: string | undefined;
}

/** Appends everything that came in to files, one JSON object a line, so that a test can look at all of it at its end. Without files it does nothing. */
export class Recorder {
  readonly #files: RecorderFiles;

  constructor(files: RecorderFiles) {
    this.#files = files;
  }

  /** Keeps a request to Graph that is no read, as it came, except for passwords. */
  write(write: RecordedWrite): void {
    if (this.#files.writes === undefined || write.method === 'GET') return;
    const line = JSON.stringify(write, (name, value: unknown) =>
      name === 'password' && typeof value === 'string' ? '*'.repeat(value.length) : value,
    );
    appendFileSync(this.#files.writes, `${line}\n`);
  }

  /** Messages are kept whole, with their credentials: for tests of the encoding only. */
  message(operation: string, request: Uint8Array, reply: Uint8Array | undefined): void {
    if (this.#files.messages === undefined) return;
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const kept: RecordedMessage = {
      operation,
      request: base64(request),
      reply: reply === undefined ? undefined : base64(reply),
    };
    appendFileSync(this.#files.messages, `${JSON.stringify(kept)}\n`);
  }
}
