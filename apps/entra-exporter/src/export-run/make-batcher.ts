import { SpanKind } from '@opentelemetry/api';
import { GraphBatcher, type GraphApi, type WriteBudget } from '@adjoin/graph';
import { tracer, type ExportGate } from '@adjoin/shared';
import type { ExporterMetrics } from '../telemetry.js';

export interface BatcherParts {
  readonly api: GraphApi;
  readonly gate: ExportGate;
  readonly metrics: () => ExporterMetrics;
  /** Batches on the way at the same time. */
  readonly batches: number;
  readonly budget: WriteBudget;
}

/** The one batcher of this process: gate checked before each batch, one span and one measurement for each. */
export function makeBatcher({ api, gate, metrics, batches, budget }: BatcherParts): GraphBatcher {
  return new GraphBatcher({
    concurrency: batches,
    budget,
    send: (body) => api.call('POST', '/$batch', { body }),
    beforeBatch: () => gate.refresh(),
    onUnauthorized: () =>
      void api.tokens
        .token()
        .then((token) => api.tokens.invalidate(token))
        .catch(() => undefined), // the next call reports it
    observer: {
      trouble: (trouble, calls) => metrics().trouble(trouble, calls),
      batch: (calls, send) =>
        tracer().startActiveSpan(
          'graph.batch',
          { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST', 'adjoin.graph.calls': calls } },
          async (span) => {
            const begun = performance.now();
            try {
              return await send();
            } finally {
              metrics().request((performance.now() - begun) / 1000, calls);
              span.end();
            }
          },
        ),
    },
  });
}
