import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
export interface FakeAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** A control-plane on loopback that answers what a test says, by `METHOD path` without the query, and remembers what it was asked. */
export class FakeControlPlane {
  readonly seen: SeenRequest[] = [];
  readonly #answers: Readonly<Record<string, FakeAnswer | readonly FakeAnswer[]>>;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = 'GET', url = '/', headers } = request;
      this.seen.push({ method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) });
      const { status = 200, body } = this.#next(keyOf(method, url));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });

  constructor(answers: Readonly<Record<string, FakeAnswer | readonly FakeAnswer[]>>) {
    this.#answers = answers;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next answer of a list, again and again the last one. */
  #next(key: string): FakeAnswer {
    const answer = this.#answers[key];
    const list =
      answer === undefined ? [] : Array.isArray(answer) ? (answer as readonly FakeAnswer[]) : [answer as FakeAnswer];
    const asked = this.seen.filter((request) => keyOf(request.method, request.path) === key).length;
    return (
      list[Math.min(asked, list.length) - 1] ?? {
        status: 404,
        body: { error: { code: 'ADJ-API-4007', message: `no answer for ${key}`, hint: '', retry: 'never' } },
      }
    );
  }
}

const keyOf = (method: string, url: string): string => `${method} ${url.replace('/api/v1/', '').replace(/\?.*$/, '')}`;
