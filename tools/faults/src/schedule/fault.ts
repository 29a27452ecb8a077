/** Our processes, as the stack names them. */
export const APPS = ['control-plane', 'sync-engine', 'entra-exporter', 'ad-importer-corp'] as const;
export type AppName = (typeof APPS)[number];
/** Processes that may be killed. The simulator keeps the tenant in memory and may not. */
export const KILLABLE = [...APPS, 'kafka', 'mongo', 'samba-corp'] as const;
/** Processes that may be stopped for a while. */
export const PAUSABLE = [...KILLABLE, 'entra-simulator'] as const;
export const REPLICATED = ['sync-engine', 'entra-exporter'] as const;

/** What can be done to a running stack. Times are milliseconds. */
export type Fault =
  /** SIGKILL, and a start after a while. */
  | { readonly kind: 'kill'; readonly process: (typeof KILLABLE)[number]; readonly downMs: number }
  /** SIGTERM and a start. */
  | { readonly kind: 'restart'; readonly process: (typeof KILLABLE)[number] }
  /** SIGSTOP, SIGCONT after a while. */
  | { readonly kind: 'pause'; readonly process: (typeof PAUSABLE)[number]; readonly forMs: number }
  /** Writes of the process do not come to an end: mongod by fsyncLock in slices, Kafka by being stopped most of the time. */
  | { readonly kind: 'slow-disk'; readonly process: 'kafka' | 'mongo'; readonly forMs: number }
  /** No file of the process may grow any more (RLIMIT_FSIZE); it is started again with room. */
  | { readonly kind: 'full-disk'; readonly process: 'kafka' | 'mongo'; readonly forMs: number }
  /** Every connection to Kafka is cut again and again: answers are lost, sends are repeated. */
  | { readonly kind: 'kafka-cut'; readonly forMs: number; readonly everyMs: number }
  /** Connections to Kafka stay open and carry nothing. */
  | { readonly kind: 'kafka-silent'; readonly forMs: number }
  /** Messages that were sent before are published again, shuffled, behind newer ones. */
  | { readonly kind: 'kafka-replay'; readonly stream: Stream; readonly messages: number }
  /** A consumer group begins again some messages earlier. */
  | { readonly kind: 'kafka-rewind'; readonly process: (typeof REPLICATED)[number]; readonly messages: number }
  /** Changes of the directory leave Kafka before the engine has read them. */
  | { readonly kind: 'kafka-drop'; readonly afterMs: number }
  /** More replicas come and go. */
  | { readonly kind: 'rebalance'; readonly process: (typeof REPLICATED)[number]; readonly times: number }
  /** The primary steps down; there is none for a while. */
  | { readonly kind: 'step-down'; readonly seconds: number }
  /** The clock of our processes jumps, and back after a while. */
  | { readonly kind: 'clock'; readonly process: AppName | 'all'; readonly bySeconds: number; readonly forMs: number }
  /** The address of a domain controller that is in use does not answer; another does. */
  | { readonly kind: 'dc-failover'; readonly forMs: number }
  /** The tenant answers badly. */
  | { readonly kind: 'graph'; readonly trouble: GraphTrouble; readonly forMs: number };

/** The messages that are published again. */
export const STREAMS = ['changes', 'confirmations', 'exports', 'results'] as const;
export type Stream = (typeof STREAMS)[number];

export const GRAPH_TROUBLES = ['outage', 'throttled', 'drops', 'lost-answers', 'slow', 'tokens'] as const;
export type GraphTrouble = (typeof GRAPH_TROUBLES)[number];

export type FaultKind = Fault['kind'];
/** Every kind of fault; the names of `--only`. */
export const FAULT_KINDS = [
  'kill',
  'restart',
  'pause',
  'slow-disk',
  'full-disk',
  'kafka-cut',
  'kafka-silent',
  'kafka-replay',
  'kafka-rewind',
  'kafka-drop',
  'rebalance',
  'step-down',
  'clock',
  'dc-failover',
  'graph',
] as const satisfies readonly FaultKind[];

/** A fault as one line for people. */
export function describeFault(fault: Fault): string {
  const { kind, ...rest } = fault;
  return [kind, ...Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)].join(' ');
}
