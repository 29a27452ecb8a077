/** Counters of the requests served; `count` names are `METHOD /pattern`, statuses as text. */
export class GraphStats {
  readonly requests = new Map<string, number>();
  readonly statuses = new Map<string, number>();
  writes = 0;
  refusedWrites = 0;
  resourceUnits = 0;
  throttled = 0;
  faults = 0;
  dropped = 0;
  batches = 0;
  tokens = 0;

  /** Writes the service could not make sense of: names, types, read-only properties, values; each kind once. */
  readonly badRequests = new Set<string>();

  count(name: string, status: number): void {
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    this.statuses.set(String(status), (this.statuses.get(String(status)) ?? 0) + 1);
  }
}
