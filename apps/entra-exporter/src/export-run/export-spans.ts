import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  context,
  propagation,
  trace,
  type Context,
  type Link,
} from '@opentelemetry/api';
import type { ExportMessage } from '@adjoin/contracts';
import { tracer, type IncomingBatch } from '@adjoin/shared';
import type { Outcome } from './outcome.js';

const MAX_LINKS = 32;
type Headers = Readonly<Record<string, string>>;

const remote = (headers: Headers): Context => propagation.extract(ROOT_CONTEXT, headers);

/** One span for the whole batch, linked to the traces of its first messages; the batch of one message is a part of that message's trace. */
export function withBatchSpan(batches: readonly IncomingBatch[], work: () => Promise<void>): Promise<void> {
  const links: Link[] = [];
  const messages = batches.flatMap((batch) => batch.messages);
  for (const { headers } of messages) {
    if (links.length === MAX_LINKS) break;
    const span = headers['traceparent'] === undefined ? undefined : trace.getSpanContext(remote(headers));
    if (span !== undefined) links.push({ context: span });
  }
  const options = {
    kind: SpanKind.CONSUMER,
    links,
    attributes: {
      'messaging.destination.name': batches[0]?.topic ?? '',
      'messaging.batch.message_count': messages.length,
    },
  };
  const [only] = messages;
  const parent = messages.length === 1 && only !== undefined ? remote(only.headers) : context.active();
  return tracer().startActiveSpan('export.batch', options, parent, async (span) => {
    try {
      await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span for the object in the trace of its message when that is sampled; returns the headers for the result. */
export function recordSpan(message: ExportMessage, outcome: Outcome, headers: Headers): Record<string, string> {
  const parent = headers['traceparent'];
  if (parent === undefined) return {};
  if (!parent.endsWith('01')) return { traceparent: parent };
  const inside = remote(headers);
  const current = trace.getSpanContext(context.active());
  const span = tracer().startSpan(
    `export.${message.operation}`,
    {
      kind: SpanKind.CLIENT,
      links: current === undefined ? [] : [{ context: current }],
      attributes: {
        'adjoin.object.id': message.objectId,
        'adjoin.object.type': message.objectType,
        'adjoin.outcome': outcome.kind,
        ...(outcome.error === undefined ? {} : { 'error.code': outcome.error.code }),
      },
    },
    inside,
  );
  if (outcome.kind === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  const result: Record<string, string> = {};
  propagation.inject(trace.setSpan(inside, span), result);
  return result['traceparent'] === undefined ? { traceparent: parent } : result;
}
