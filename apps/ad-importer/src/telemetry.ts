import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { meter, tracer } from '@adjoin/shared';

/** All metrics of the importer; dashboards are checked against these names. */
export const METRICS = {
  freshness: 'adjoin_import_freshness_seconds',
  read: 'adjoin_import_objects_read_total',
  published: 'adjoin_import_changes_published_total',
  errors: 'adjoin_import_object_errors_total',
  failures: 'adjoin_import_failures_total',
  runDuration: 'adjoin_import_run_duration_seconds',
} as const;

export interface ImportMetrics {
  read(count: number): void;
  published(count: number): void;
  errors(count: number): void;
  failure(code: string): void;
  run(profile: string, seconds: number): void;
}

/** Instruments of one partition. `freshness` is asked when metrics are collected: seconds since the last completed read. */
export function importMetrics(
  labels: { readonly connector: string; readonly partition: string },
  freshness: () => number | undefined,
): ImportMetrics {
  const instruments = meter();
  const counter = (name: string): string => name.replace(/_total$/, '');
  const read = instruments.createCounter(counter(METRICS.read), { description: 'entries read from Active Directory' });
  const published = instruments.createCounter(counter(METRICS.published), {
    description: 'changes published, deletes included',
  });
  const errors = instruments.createCounter(counter(METRICS.errors), {
    description: 'objects that could not be decoded',
  });
  const failures = instruments.createCounter(counter(METRICS.failures), { description: 'failed imports by code' });
  const duration = instruments.createHistogram(METRICS.runDuration, { description: 'duration of import runs' });
  const gauge = instruments.createObservableGauge(METRICS.freshness, {
    description: 'seconds since the domain was last read to its end',
  });
  gauge.addCallback((result) => {
    const seconds = freshness();
    if (seconds !== undefined) result.observe(seconds, labels);
  });
  return {
    read: (count) => read.add(count, labels),
    published: (count) => published.add(count, labels),
    errors: (count) => errors.add(count, labels),
    failure: (code) => failures.add(1, { ...labels, code }),
    run: (profile, seconds) => duration.record(seconds, { ...labels, profile }),
  };
}

/** Span of a run attempt or of a poll. */
export function traceRun<T>(
  attributes: Readonly<Record<string, string | number>>,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return traced('import.run', attributes, work);
}

/** Span of one changed object: its trace leads from the change in AD to the acknowledgement by the target. */
export function traceObject<T>(connector: string, anchor: string | undefined, work: () => Promise<T>): Promise<T> {
  return traced('import.object', { 'adjoin.connector': connector, 'adjoin.anchor': anchor ?? '' }, work);
}

async function traced<T>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes: { ...attributes } }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
