import { createServer, type IncomingMessage, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** A finished span as a process sent it. */
export interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const exportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.bigint(),
              endTimeUnixNano: z.coerce.bigint(),
              attributes: z.array(attribute).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Takes OTLP/HTTP traces in JSON on a free port of loopback. */
export class TraceReceiver {
  readonly spans: Span[] = [];
  /** Why a request was not understood; empty when all were. */
  readonly problems: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void body(request).then((bytes) => {
        try {
          this.#take(bytes, request.headers['content-encoding'] === 'gzip');
        } catch (error) {
          this.problems.push(
            `${request.headers['content-type'] ?? ''}: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static async open(): Promise<TraceReceiver> {
    const receiver = new TraceReceiver();
    await new Promise<void>((settle) => receiver.#server.listen(0, '127.0.0.1', settle));
    return receiver;
  }

  /** Value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((settle) => this.#server.close(settle));
  }

  #take(bytes: Buffer, isPacked: boolean): void {
    const { resourceSpans } = exportRequest.parse(JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString('utf8')));
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = texts(resource.attributes)['service.name'] ?? 'unknown';
      for (const one of scopeSpans.flatMap(({ spans }) => spans)) {
        const { traceId, spanId, parentSpanId = '', name, startTimeUnixNano: start, endTimeUnixNano: end } = one;
        this.spans.push({
          service,
          traceId,
          spanId,
          parentId: parentSpanId,
          name,
          start,
          end,
          attributes: texts(one.attributes),
        });
      }
    }
  }
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function texts(attributes: readonly z.infer<typeof attribute>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

/** The spans of one trace as an indented tree; times in milliseconds from its beginning. A span without its parent stands at the left. */
export function traceTree(spans: readonly Span[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const begin = spans.reduce((first, { start }) => (start < first ? start : first), spans[0]?.start ?? 0n);
  const lines: string[] = [];
  const show = (span: Span, depth: number): void => {
    const at = `+${(Number(span.start - begin) / 1e6).toFixed(1)} ms`.padStart(12);
    const lasted = `${(Number(span.end - span.start) / 1e6).toFixed(1)} ms`;
    const details = Object.entries(span.attributes).map(([name, value]) => `${name}=${value}`);
    lines.push(`${at}  ${'  '.repeat(depth)}${span.service}: ${span.name} (${lasted}) ${details.join(' ')}`.trimEnd());
    for (const child of ordered(spans.filter(({ parentId }) => parentId === span.spanId))) show(child, depth + 1);
  };
  for (const root of ordered(spans.filter(({ parentId }) => !ids.has(parentId)))) show(root, 0);
  return lines.join('\n');
}

function ordered(spans: readonly Span[]): readonly Span[] {
  return [...spans].sort((left, right) => Number(left.start - right.start));
}
