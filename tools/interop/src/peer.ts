import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { peerElement, type PeerElement, type Precision } from './peer-document.js';

const answerSchema = z.object({
  id: z.number(),
  tree: peerElement.optional(),
  bytes: z.string().optional(),
  dictionary: z.array(z.string()).optional(),
  error: z.string().optional(),
});
type Answer = z.infer<typeof answerSchema>;

export interface PeerDescription {
  readonly name: string;
  /** What it is, for the report. */
  readonly title: string;
  readonly script: string;
  readonly precision: Precision;
}

/** A program of others that reads and writes .NET binary XML, in a process of its own. What it cannot do comes as an error with its own words. */
export class Peer {
  readonly #description: PeerDescription;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #said = '';

  constructor(description: PeerDescription, python: string, env: NodeJS.ProcessEnv) {
    this.#description = description;
    this.#process = spawn(python, [description.script], { env });
    this.#process.stderr.on('data', (data: Buffer) => (this.#said = (this.#said + data.toString()).slice(-1000)));
    this.#process.stdin.on('error', () => undefined); // it is gone: what waits is answered below
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#take(line));
    this.#process.once('close', () => {
      const error = new Error(`${description.name} ended: ${this.#said.trim()}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  async decode(bytes: Uint8Array): Promise<PeerElement> {
    return wanted((await this.#ask({ decode: base64(bytes) })).tree);
  }

  async encode(tree: PeerElement): Promise<Uint8Array> {
    return fromBase64((await this.#ask({ encode: tree })).bytes);
  }

  /** Its records of the bytes, written again. */
  async again(bytes: Uint8Array): Promise<Uint8Array> {
    return fromBase64((await this.#ask({ again: base64(bytes) })).bytes);
  }

  async dictionary(): Promise<readonly string[]> {
    return wanted((await this.#ask({ dictionary: true })).dictionary);
  }

  /** A document with values of all types, and how the peer itself reads it. */
  async samples(): Promise<{ readonly bytes: Uint8Array; readonly tree: PeerElement }> {
    const { bytes, tree } = await this.#ask({ samples: true });
    return { bytes: fromBase64(bytes), tree: wanted(tree) };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) return resolve();
      this.#process.once('close', () => resolve());
      this.#process.stdin.end();
    });
  }

  async #ask(request: object): Promise<Answer> {
    const id = this.#nextId++;
    const answered = new Promise<Answer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    if (this.#process.exitCode !== null) throw new Error(`${this.#description.name} ended: ${this.#said.trim()}`);
    this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  #take(line: string): void {
    const answer = answerSchema.parse(JSON.parse(line));
    this.#waiting.get(answer.id)?.resolve(answer);
    this.#waiting.delete(answer.id);
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(wanted(text), 'base64'));

function wanted<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the peer gave no answer to what was asked');
  return value;
}
