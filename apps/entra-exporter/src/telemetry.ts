import { meter } from '@adjoin/shared';

/** All metrics of this process. */
export interface ExporterMetrics {
  acknowledged(operation: string, objectType: string): void;
  failed(code: string, outcome: string): void;
  throttled(items: number): void;
  request(seconds: number, calls: number): void;
  imported(changes: number): void;
  importLag(seconds: number): void;
}

export function exporterMetrics(backlog: () => number): ExporterMetrics {
  const m = meter();
  const acknowledged = m.createCounter('adjoin.export.acknowledged', { description: 'Exports the target took' });
  const failed = m.createCounter('adjoin.export.failed', {
    description: 'Exports that were not applied, by code and outcome',
  });
  const throttled = m.createCounter('adjoin.graph.throttled', { description: 'Calls answered with 429 or 503' });
  const duration = m.createHistogram('adjoin.graph.batch.duration', {
    unit: 's',
    description: 'Duration of a $batch request',
  });
  const calls = m.createCounter('adjoin.graph.calls', { description: 'Calls sent inside batches' });
  const changes = m.createCounter('adjoin.import.changes', { description: 'Changes read from the target' });
  const lag = m.createGauge('adjoin.import.age', {
    unit: 's',
    description: 'Time the last read of the target took, begin to acknowledgement',
  });
  m.createObservableGauge('adjoin.export.backlog', { description: 'Calls waiting for a batch' }).addCallback((result) =>
    result.observe(backlog()),
  );
  return {
    acknowledged: (operation, objectType) => acknowledged.add(1, { operation, 'object.type': objectType }),
    failed: (code, outcome) => failed.add(1, { code, outcome }),
    throttled: (items) => throttled.add(items),
    request: (seconds, count) => {
      duration.record(seconds);
      calls.add(count);
    },
    imported: (count) => changes.add(count),
    importLag: (seconds) => lag.record(seconds),
  };
}
