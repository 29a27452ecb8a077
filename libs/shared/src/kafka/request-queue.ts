import { createRequire } from 'node:module';

/** The part of kafkajs 2.2.4 that is mended here: the requests of one connection. The package has no types for it. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** ms since 1970; -1 when the broker has asked for no pause. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  push(request: {
    readonly entry: { readonly correlationId: number; readonly resolve: (answer: unknown) => void };
    readonly expectResponse: boolean;
    readonly sendRequest: () => void;
  }): void;
  fulfillRequest(response: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
  maybeThrottle(ms: number): void;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}
type RequestQueueClass = new (options: {
  readonly maxInFlightRequests: number | null;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly clientId: string;
  readonly broker: string;
  readonly logger: { debug(message: string): void; warn(message: string): void };
}) => RequestQueue;

export const RequestQueue = createRequire(import.meta.url)(
  'kafkajs/src/network/requestQueue/index.js',
) as RequestQueueClass & { readonly prototype: RequestQueue };

const LOOK_EVERY_MS = 10;

/**
 * kafkajs looks for requests to send a thousand times a second on every connection, for as long as it lives: nothing throttled means a negative
 * delay, which Node takes for 1 ms, and each look arranges the next one. Three idle processes of ours spent 110 ms of processor time a second on it.
 *
 * Here a look is arranged only when it can find something: requests wait, and either the broker asked for a pause or too many are in flight. Whatever
 * ends the second state looks by itself (`fulfillRequest`, the timeout of a request); the short interval is kept as the library has it.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttledFor = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledFor > 0 ? throttledFor : LOOK_EVERY_MS,
  );
};
