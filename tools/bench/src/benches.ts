import type { Bench } from './bench.js';
import { engineBench } from './engine/engine-bench.js';
import { fuzzBench } from './engine/fuzz-bench.js';
import { importBench } from './import/import-bench.js';
import { deltaBench, latencyBench, noChangeBench } from './lab/changes-bench.js';
import { passwordsBench } from './passwords/passwords-bench.js';
import { pipelineBench, scaleBench } from './lab/pipeline-bench.js';
import { memoryBench } from './long/memory-bench.js';
import { replicasBench } from './long/replicas-bench.js';
import { throttledBench } from './long/throttled-bench.js';
import { edgesBench, largeGroupBench } from './recorded/members-bench.js';

/** What can be measured. */
export const BENCHES: readonly Bench[] = [
  engineBench,
  pipelineBench,
  noChangeBench,
  deltaBench,
  latencyBench,
  scaleBench,
  importBench,
  largeGroupBench,
  edgesBench,
  throttledBench,
  memoryBench,
  replicasBench,
  passwordsBench,
  fuzzBench,
];

/** Names that are reserved, with what they will measure. */
export const NOT_BUILT: readonly { readonly name: string; readonly does: string }[] = [];
