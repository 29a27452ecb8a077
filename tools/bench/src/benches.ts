import type { Bench } from './bench.js';
import { engineBench } from './engine/engine-bench.js';

/** In the order in which they run. */
export const BENCHES: readonly Bench[] = [engineBench];

/** Names that are reserved, with what they will measure. */
export const NOT_BUILT: readonly { readonly name: string; readonly does: string }[] = [];
