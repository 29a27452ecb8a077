import type { AdjoinConfig } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';

/** Injection tokens of what the process got from outside. */
export const MONGO = Symbol('MongoDB');
export const CONFIG = Symbol('connector file');
export const CLOCK = Symbol('clock');
export const PROCESSES = Symbol('processes');

/** Time and identifiers, given from outside so that tests are repeatable. */
export interface Clock {
  now(): Date;
  newId(): string;
}

/** Base URLs of the health endpoints by process name. */
export type ProcessUrls = Readonly<Record<string, string>>;

export interface ControlPlanePorts {
  readonly mongo: MongoHandle;
  readonly config: AdjoinConfig;
  readonly clock: Clock;
  readonly processes: ProcessUrls;
}
