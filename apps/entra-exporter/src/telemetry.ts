import type { BatchTrouble } from '@adjoin/graph';
import { meter } from '@adjoin/shared';

/** All metrics of this process. */
export interface ExporterMetrics {
  acknowledged(operation: string, objectType: string): void;
  failed(code: string, outcome: string): void;
  /** Calls that did not succeed at once, by what kept them. */
  trouble(trouble: BatchTrouble, calls: number): void;
  request(seconds: number, calls: number): void;
  imported(changes: number): void;
  importLag(seconds: number): void;
}

export interface Observed {
  /** Calls that wait for a batch. */
  readonly backlog: () => number;
  /** Tokens in the shared bucket of writes; undefined while nothing is limited. */
  readonly budget: () => number | undefined;
}

export function exporterMetrics({ backlog, budget }: Observed): ExporterMetrics {
  const m = meter();
  const acknowledged = m.createCounter('adjoin.export.acknowledged', { description: 'Exports the target took' });
  const failed = m.createCounter('adjoin.export.failed', {
    description: 'Exports that were not applied, by code and outcome',
  });
  const throttled = m.createCounter('adjoin.graph.throttled', { description: 'Calls answered with 429 or 503' });
  const troubles = m.createCounter('adjoin.graph.trouble', {
    description: 'Calls that did not succeed at once: throttled, unavailable (503), server-error, no-answer',
  });
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
  m.createObservableGauge('adjoin.graph.budget', {
    description: "Writes that the tenant's quota allows at this moment; absent while the service limits nothing",
  }).addCallback((result) => {
    const tokens = budget();
    if (tokens !== undefined) result.observe(tokens);
  });
  return {
    acknowledged: (operation, objectType) => acknowledged.add(1, { operation, 'object.type': objectType }),
    failed: (code, outcome) => failed.add(1, { code, outcome }),
    trouble: (trouble, count) => {
      troubles.add(count, { reason: trouble });
      if (trouble === 'throttled' || trouble === 'unavailable') throttled.add(count);
    },
    request: (seconds, count) => {
      duration.record(seconds);
      calls.add(count);
    },
    imported: (count) => changes.add(count),
    importLag: (seconds) => lag.record(seconds),
  };
}
