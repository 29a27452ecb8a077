import {
  APPS,
  FAULT_KINDS,
  GRAPH_TROUBLES,
  KILLABLE,
  PAUSABLE,
  REPLICATED,
  STREAMS,
  type Fault,
  type FaultKind,
} from './fault.js';
import { Random } from './random.js';

/** A fault and when it begins, ms after the start of the trouble. */
export interface PlannedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

/** What a seed does to a stack. */
export interface Schedule {
  readonly seed: number;
  readonly durationMs: number;
  readonly faults: readonly PlannedFault[];
}

export interface ScheduleOptions {
  /** How long there is trouble. */
  readonly durationMs: number;
  /** Kinds that may come; all by default. */
  readonly kinds?: readonly FaultKind[] | undefined;
}

const FIRST_MS = 1500;
const GAP_MS = { least: 2500, most: 7000 } as const;

/**
 * The schedule of a seed. Kinds come in a shuffled order before one comes again, so that few seeds see all of them. A fault begins when it is time,
 * or when the one before has ended: what they do to each other is no accident of the machine.
 */
export function scheduleOf(seed: number, { durationMs, kinds = FAULT_KINDS }: ScheduleOptions): Schedule {
  const random = new Random(seed);
  const faults: PlannedFault[] = [];
  let waiting: readonly FaultKind[] = [];
  for (let at = FIRST_MS; at < durationMs; at += random.integer(GAP_MS.least, GAP_MS.most)) {
    if (waiting.length === 0) waiting = random.shuffled(kinds);
    const [kind, ...rest] = waiting;
    if (kind === undefined) break;
    waiting = rest;
    faults.push({ atMs: at, fault: faultOf(kind, random) });
  }
  return { seed, durationMs, faults };
}

function faultOf(kind: FaultKind, random: Random): Fault {
  switch (kind) {
    case 'kill':
      return { kind, process: random.pick(KILLABLE), downMs: random.integer(0, 4000) };
    case 'restart':
      return { kind, process: random.pick(KILLABLE) };
    case 'pause':
      // The lease of the active engine lives 6 s, sessions of Kafka 10 s: some pauses are longer than both.
      return { kind, process: random.pick(PAUSABLE), forMs: random.integer(500, 12_000) };
    case 'slow-disk':
    case 'full-disk':
      return { kind, process: random.pick(['kafka', 'mongo'] as const), forMs: random.integer(1500, 6000) };
    case 'kafka-cut':
      return { kind, forMs: random.integer(1000, 6000), everyMs: random.integer(100, 900) };
    case 'kafka-silent':
      return { kind, forMs: random.integer(1000, 8000) };
    case 'kafka-replay':
      return { kind, stream: random.pick(STREAMS), messages: random.integer(20, 400) };
    case 'kafka-rewind':
      return { kind, process: random.pick(REPLICATED), messages: random.integer(1, 200) };
    case 'kafka-drop':
      return { kind, afterMs: random.integer(1500, 4000) };
    case 'rebalance':
      return { kind, process: random.pick(REPLICATED), times: random.integer(1, 3) };
    case 'step-down':
      return { kind, seconds: random.integer(1, 8) };
    case 'clock':
      return {
        kind,
        process: random.pick([...APPS, 'all'] as const),
        bySeconds: random.pick([-3600, -90, -15, 15, 90, 3600]),
        forMs: random.integer(3000, 9000),
      };
    case 'dc-failover':
      return { kind, forMs: random.integer(2000, 8000) };
    case 'graph':
      return { kind, trouble: random.pick(GRAPH_TROUBLES), forMs: random.integer(2000, 9000) };
  }
}
