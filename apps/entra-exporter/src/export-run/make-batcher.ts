import { SpanKind } from '@opentelemetry/api';
import { GraphBatcher, type GraphApi } from '@adjoin/graph';
import { tracer } from '@adjoin/shared';
import type { ExportGate } from '../gate/export-gate.js';
import type { ExporterMetrics } from '../telemetry.js';

/** The one batcher of this process: gate checked before each batch, one span and one measurement for each. */
export function makeBatcher(
  api: GraphApi,
  gate: ExportGate,
  metrics: () => ExporterMetrics,
  batches: number,
): GraphBatcher {
  return new GraphBatcher({
    concurrency: batches,
    send: (body) => api.call('POST', '/$batch', { body }),
    beforeBatch: () => gate.refresh(),
    onUnauthorized: () =>
      void api.tokens
        .token()
        .then((token) => api.tokens.invalidate(token))
        .catch(() => undefined), // the next call reports it
    observer: {
      throttled: (items) => metrics().throttled(items),
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
