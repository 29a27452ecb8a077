import type { Stack } from '@adjoin/stack';
import type { GraphReader } from '../graph/graph-client.js';
import type { Report } from '../progress.js';
import type { ControlPlane } from './control-plane.js';
import type { SimulatorAdmin } from './simulator-admin.js';

/** A running stack with the clients that the demo drives it by. */
export interface Lab {
  readonly stack: Stack;
  readonly graph: GraphReader;
  readonly simulator: SimulatorAdmin;
  readonly controlPlane: ControlPlane;
  /** When the demo began to start the stack, ms since 1970. */
  readonly startedAt: number;
  readonly report: Report;
  /** Aborted by Ctrl-C; every wait ends then. */
  readonly signal: AbortSignal;
}
