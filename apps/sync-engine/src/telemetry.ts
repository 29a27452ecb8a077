import { meter } from '@adjoin/shared';

/** Metrics of the sync engine; names and units are checked against the dashboards. */
const counters = {
  staged: meter().createCounter('adjoin.engine.staged', {
    unit: '{object}',
    description: 'objects staged from imports',
  }),
  synchronized: meter().createCounter('adjoin.engine.synchronized', {
    unit: '{object}',
    description: 'objects synchronized',
  }),
  acknowledged: meter().createCounter('adjoin.engine.acknowledged', {
    unit: '{export}',
    description: 'exports acknowledged by a target',
  }),
  refused: meter().createCounter('adjoin.engine.refused', {
    unit: '{export}',
    description: 'exports refused by a target',
  }),
};
export type CounterName = keyof typeof counters;
export function count(name: CounterName, by: number, attributes: Record<string, string> = {}): void {
  if (by > 0) counters[name].add(by, attributes);
}

const gauges = {
  dirty: meter().createGauge('adjoin.engine.backlog', {
    unit: '{object}',
    description: 'objects that wait for synchronization',
  }),
  errors: meter().createGauge('adjoin.engine.errors', {
    unit: '{object}',
    description: 'objects whose synchronization fails',
  }),
  pending: meter().createGauge('adjoin.engine.pending_exports', {
    unit: '{export}',
    description: 'exports that wait to be sent',
  }),
  held: meter().createGauge('adjoin.engine.held_exports', { unit: '{export}', description: 'exports held by a gate' }),
  inFlight: meter().createGauge('adjoin.engine.in_flight', {
    unit: '{export}',
    description: 'exports sent and not answered',
  }),
};
/** Sets every gauge that is named in `values`; the rest are attributes. */
export function setGauges(values: Record<string, string | number>): void {
  const attributes = Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string'));
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number' && name in gauges) gauges[name as keyof typeof gauges].record(value, attributes);
  }
}
