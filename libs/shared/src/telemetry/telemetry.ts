import { context, metrics, propagation, trace, type Meter, type Tracer } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { IncomingMessage, ServerResponse } from 'node:http';

let prometheus: PrometheusExporter | undefined;
let sdk: NodeSDK | undefined;

/**
 * Starts OpenTelemetry; the first thing a process does. Metrics are served at /metrics by {@link serveMetrics}; traces go out by OTLP
 * only when OTEL_EXPORTER_OTLP_ENDPOINT (or the traces variant) is set, else spans cost nothing.
 */
export function startTelemetry(serviceName: string): void {
  prometheus = new PrometheusExporter({ preventServerStart: true });
  const endpoint = process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  sdk = new NodeSDK({
    serviceName,
    autoDetectResources: false,
    metricReaders: [prometheus],
    instrumentations: [],
    ...(endpoint === undefined ? { spanProcessors: [] } : { traceExporter: new OTLPTraceExporter() }),
  });
  sdk.start();
}

/** Sends what is buffered; waits at most two seconds. */
export async function stopTelemetry(): Promise<void> {
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, 2000).unref());
  await Promise.race([sdk?.shutdown().catch(() => undefined), timeout]); // no collector is not a reason to fail
}

export function serveMetrics(request: IncomingMessage, response: ServerResponse): void {
  if (prometheus === undefined) response.writeHead(404).end();
  else prometheus.getMetricsRequestHandler(request, response);
}

export const tracer = (): Tracer => trace.getTracer('adjoin');
export const meter = (): Meter => metrics.getMeter('adjoin');

/** The trace headers of the active span, to be put into a message. Empty when nothing is traced. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Runs `work` as a continuation of the trace in the headers of a message. */
export function withRemoteTrace<T>(headers: Readonly<Record<string, string>>, work: () => T): T {
  return context.with(propagation.extract(context.active(), headers), work);
}

/**
 * Records a span that has just ended as a child of a trace parent that came with a message or a document, and gives the parent for what follows.
 * Costs nothing, and gives the same parent, when that trace is not sampled or nothing is exported.
 */
export function recordSpan(
  parent: string,
  name: string,
  startTime: Date,
  attributes: Readonly<Record<string, string | number>>,
): string {
  const outer = propagation.extract(context.active(), { traceparent: parent });
  const span = tracer().startSpan(name, { startTime, attributes }, outer);
  span.end();
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(outer, span), headers);
  return headers['traceparent'] ?? parent;
}
