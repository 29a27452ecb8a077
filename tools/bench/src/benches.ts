import type { Bench } from './bench.js';
import { engineBench } from './engine/engine-bench.js';
import { fuzzBench } from './engine/fuzz-bench.js';
import { deltaBench, latencyBench, noChangeBench } from './lab/changes-bench.js';
import { pipelineBench, scaleBench } from './lab/pipeline-bench.js';

/** What can be measured. */
export const BENCHES: readonly Bench[] = [
  engineBench,
  pipelineBench,
  noChangeBench,
  deltaBench,
  latencyBench,
  scaleBench,
  fuzzBench,
];

/** Names that are reserved, with what they will measure. */
export const NOT_BUILT: readonly { readonly name: string; readonly does: string }[] = [
  { name: 'memory', does: 'growth of memory over hours (peak memory by process is in pipeline and scale)' },
  { name: 'throttled', does: 'a first synchronization against the published limits of the service' },
  { name: 'large-group', does: 'one group of 250,000 members' },
  { name: 'edges', does: 'two million memberships' },
  { name: 'replicas', does: 'two and four replicas of the sync-engine' },
];
