import { SyncError, toSyncError, type ErrorCode } from '@adjoin/contracts';
import type { BatchTrouble } from '@adjoin/graph';
import { ServiceBusy, type ObjectResult, type SyncObject, type SyncService } from '@adjoin/sync-service';
import { ServicePause, type PauseClock } from './service-pause.js';

/** Urgent first. */
export type Priority = 0 | 1 | 2;

/** What became of one object. */
export type Delivery =
  | { readonly kind: 'answer'; readonly result: ObjectResult }
  /** Not allowed any more when it was its turn. */
  | { readonly kind: 'dropped' }
  /** The call failed. `alone`: the object was the only one in it, so the refusal is about the object. */
  | { readonly kind: 'failed'; readonly error: SyncError; readonly alone: boolean };

interface Entry {
  readonly object: SyncObject;
  readonly priority: Priority;
  readonly links: number;
  readonly bytes: number;
  readonly admit: () => boolean;
  readonly settle: (delivery: Delivery) => void;
  /** Since when the service is too busy for it. */
  busySince?: number | undefined;
}

export interface ObjectBatcherOptions extends PauseClock {
  readonly service: Pick<SyncService, 'provision'>;
  /** Most member changes of one call, as the service says. */
  readonly maxLinks: () => number;
  readonly maxObjects?: number | undefined;
  /** Calls on the way at the same time. */
  readonly concurrency?: number | undefined;
  /** Right before a call is put together: what `admit` looks at is brought up to date. Its failure lets nothing through. */
  readonly beforeCall?: (() => Promise<unknown>) | undefined;
  /** How long an object is tried again while the service is busy, ms; default 60,000. Then it is deferred. */
  readonly giveUpMs?: number | undefined;
  /** Runs `then` after so many ms: the end of a pause. */
  readonly delay?: ((ms: number, then: () => void) => void) | undefined;
  /** Told of objects that did not arrive at once, by what kept them. */
  readonly trouble?: ((trouble: BatchTrouble, objects: number) => void) | undefined;
  /** Runs `then` a little later; objects that arrive meanwhile go into the same call. */
  readonly gather?: ((then: () => void) => void) | undefined;
}
/** Objects of one call; the service's limit is not public, Entra Connect's batches have about this size. */
const MAX_OBJECTS = 200;
/** Photos and certificates of one call, bytes. */
const MAX_BYTES = 8 * 1024 * 1024;
const GATHER_MS = 10;
const GIVE_UP_MS = 60_000;
const TROUBLES: Partial<Record<ErrorCode, BatchTrouble>> = {
  'ADJ-EXP-3005': 'throttled',
  'ADJ-EXP-3001': 'no-answer',
};
/** Calls without any success after which a refusal is taken to be about the tenant, not about an object in them. */
const GLOBAL_AFTER = 4;

/**
 * Gathers objects into few calls. A call that is refused as a whole is divided until the object it is about stands alone. When the service is
 * busy, nothing is sent until its time is over; then what is urgent by now goes first.
 */
export class ObjectBatcher {
  readonly #options: ObjectBatcherOptions;
  readonly #queues: Readonly<Record<Priority, Entry[]>> = { 0: [], 1: [], 2: [] };
  readonly #pause: ServicePause;
  readonly #now: () => number;
  #calls = 0;
  #gathering = false;
  #timer = false;

  constructor(options: ObjectBatcherOptions) {
    this.#options = options;
    this.#pause = new ServicePause(options);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Objects that wait for a call. */
  get backlog(): number {
    return this.#queues[0].length + this.#queues[1].length + this.#queues[2].length;
  }

  /** @param admit asked when the call is put together. Never rejects. */
  submit(object: SyncObject, priority: Priority, admit: () => boolean): Promise<Delivery> {
    return new Promise((settle) => {
      this.#queues[priority].push({ object, priority, ...sizeOf(object), admit, settle });
      this.#wake();
    });
  }

  #wake(): void {
    const most = this.#pause.trying ? 1 : (this.#options.concurrency ?? 2);
    if (this.#gathering || this.backlog === 0 || this.#calls >= most || this.#waits()) return;
    this.#gathering = true;
    const gather = this.#options.gather ?? ((then) => void setTimeout(then, GATHER_MS));
    gather(() => {
      this.#gathering = false;
      if (this.#waits()) return;
      this.#calls += 1;
      void this.#call().finally(() => {
        this.#calls -= 1;
        this.#wake();
      });
      this.#wake();
    });
  }

  /** True while the service is busy; looks again when that is over. */
  #waits(): boolean {
    const ms = this.#pause.left;
    if (ms === 0) return false;
    if (this.#timer) return true;
    this.#timer = true;
    const delay = this.#options.delay ?? ((time, then) => void setTimeout(then, time));
    delay(Math.ceil(ms), () => {
      this.#timer = false;
      this.#wake();
    });
    return true;
  }

  /** Never rejects. */
  async #call(): Promise<void> {
    try {
      await this.#options.beforeCall?.();
    } catch (cause) {
      // What may be sent cannot be known: nothing is.
      const error = toSyncError(cause, 'ADJ-EXP-3001');
      for (const entry of this.#take()) entry.settle({ kind: 'failed', error, alone: false });
      return;
    }
    const batch = this.#take();
    if (batch.length > 0) await this.#deliver(batch);
  }

  #take(): readonly Entry[] {
    const batch: Entry[] = [];
    const room = {
      objects: this.#options.maxObjects ?? MAX_OBJECTS,
      links: this.#options.maxLinks(),
      bytes: MAX_BYTES,
    };
    for (const queue of [this.#queues[0], this.#queues[1], this.#queues[2]]) {
      for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
        const fits = room.objects > 0 && entry.links <= room.links && entry.bytes <= room.bytes;
        if (!fits && batch.length > 0) return batch;
        queue.shift();
        if (!entry.admit()) {
          entry.settle({ kind: 'dropped' });
          continue;
        }
        room.objects -= 1;
        room.links -= entry.links;
        room.bytes -= entry.bytes;
        batch.push(entry);
      }
    }
    return batch;
  }

  /** Delivers all of it; parts that are refused are halved. Both halves are tried before either is halved again. Never rejects. */
  async #deliver(whole: readonly Entry[]): Promise<void> {
    const parts: (readonly Entry[])[] = [whole];
    let failures = 0;
    let worked = false;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const error = await this.#send(part);
      if (error === undefined) {
        worked = true;
        this.#pause.worked();
        continue;
      }
      if (error instanceof ServiceBusy) {
        this.#later([...part, ...parts.flat()], error);
        return;
      }
      this.#pause.worked(); // it answered
      failures += 1;
      const divisible = error.code === 'ADJ-EXP-3103' || error.code === 'ADJ-EXP-3102';
      const aboutTenant = !worked && failures >= GLOBAL_AFTER;
      if (part.length > 1 && divisible && !aboutTenant) {
        const middle = Math.ceil(part.length / 2);
        parts.push(part.slice(0, middle), part.slice(middle));
        continue;
      }
      const alone = part.length === 1 && divisible && worked;
      for (const entry of part) entry.settle({ kind: 'failed', error, alone });
    }
  }

  /** Puts objects back to where they came from; those that wait for too long are given up. */
  #later(entries: readonly Entry[], error: ServiceBusy): void {
    this.#pause.busy(error.afterMs);
    this.#options.trouble?.(TROUBLES[error.code] ?? 'unavailable', entries.length);
    const until = this.#now() + this.#pause.left;
    for (const entry of entries.toReversed()) {
      entry.busySince ??= this.#now();
      const patience = this.#options.giveUpMs ?? GIVE_UP_MS;
      if (until - entry.busySince > patience) entry.settle({ kind: 'failed', error, alone: false });
      else this.#queues[entry.priority].unshift(entry);
    }
  }

  /** Sends one call. @returns what was wrong with the call as a whole */
  async #send(part: readonly Entry[]): Promise<SyncError | undefined> {
    try {
      const results = await this.#options.service.provision(
        part.map(({ object }) => object),
        undefined,
        'tell',
      );
      for (const [index, entry] of part.entries()) entry.settle(answered(results[index]));
      return undefined;
    } catch (cause) {
      return toSyncError(cause);
    }
  }
}

function answered(result: ObjectResult | undefined): Delivery {
  return result === undefined
    ? { kind: 'failed', error: new SyncError('ADJ-EXP-3102', 'A result is missing.'), alone: false }
    : { kind: 'answer', result };
}

function sizeOf({ properties }: SyncObject): { readonly links: number; readonly bytes: number } {
  let links = 0;
  let bytes = 0;
  for (const value of properties.values()) {
    if (value.type === 'references') links += value.changes.length;
    else if (value.type === 'binary') bytes += value.value.length;
    else if (value.type === 'binaries') for (const one of value.values) bytes += one.length;
  }
  return { links, bytes };
}
