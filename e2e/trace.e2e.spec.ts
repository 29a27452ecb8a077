import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { userByAnchor, waitUntilEqual } from './support/tenant.js';
import { TraceReceiver, traceTree, type Span } from './support/trace-receiver.js';
import { waitFor } from './support/wait-for.js';

const SERVICES = ['ad-importer', 'sync-engine', 'entra-exporter'];

describe('one trace', () => {
  let receiver: TraceReceiver;
  let lab: Lab | undefined;

  beforeAll(async () => {
    receiver = await TraceReceiver.open();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '300',
    };
    lab = await Lab.openReady({ name: 'trace', users: 30, env });
    await waitUntilEqual(lab, 'after the first synchronization');
  });
  afterAll(async () => {
    await lab?.close();
    await receiver.close();
  });

  it('leads from a change in Active Directory through every process to the call to Graph', async () => {
    if (lab === undefined) throw new Error('There is no lab.');
    const opened = lab;
    const directory = await lab.directory();
    const [user] = await directory.plainUsers();
    if (user === undefined) throw new Error('The forest has no user to change.');
    const since = BigInt(Date.now()) * 1_000_000n;
    await directory.replace(user.dn, 'title', 'Traced');
    await waitFor(
      lab,
      `the title of ${user.dn} to arrive`,
      async () => (await userByAnchor(opened, user.anchor))?.['jobTitle'] === 'Traced',
    );
    const spans = await waitFor(
      lab,
      `a trace over ${SERVICES.join(', ')}; ${receiver.problems.join('; ')}`,
      () => Promise.resolve(findTrace(receiver.spans, since)),
      {
        deadlineMs: 20_000,
      },
    );
    process.stdout.write(`\nTrace ${spans[0]?.traceId ?? ''} of a changed title:\n${traceTree(spans)}\n`);
    expect(receiver.problems).toEqual([]);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(SERVICES));
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const [root, ...others] = spans.filter(({ parentId }) => !ids.has(parentId));
    expect(
      others.map(({ name }) => name),
      'spans whose parent is not in the trace',
    ).toEqual([]);
    expect(root?.service).toBe('ad-importer');
    const call = spans.find(({ name }) => name === 'graph.batch');
    expect(call, 'the HTTP call to Graph').toMatchObject({
      service: 'entra-exporter',
      attributes: { 'http.request.method': 'POST' },
    });
  });
});

/** The spans of the one trace since a time that spans all services and ends with a call. */
function findTrace(spans: readonly Span[], since: bigint): readonly Span[] | undefined {
  const traces = Map.groupBy(
    spans.filter(({ start }) => start >= since),
    ({ traceId }) => traceId,
  );
  return [...traces.values()].find(
    (trace) =>
      SERVICES.every((service) => trace.some((span) => span.service === service)) &&
      trace.some(({ name }) => name === 'graph.batch'),
  );
}
