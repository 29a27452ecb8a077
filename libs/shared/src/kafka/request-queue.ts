import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * kafkajs 2.2.4 looks for requests to send a thousand times a second on every connection, for as long as it lives: nothing throttled means a negative
 * delay, which Node takes for 1 ms, and each look arranges the next one. Three idle processes of ours spent 110 ms of processor time a second on it.
 *
 * Here a look is arranged only when it can find something: requests wait, and either the broker asked for a pause or too many are in flight. Whatever
 * ends the second state looks by itself (`fulfillRequest`, the timeout of a request); the short interval is kept as the library has it.
 */
const LOOK_EVERY_MS = 10;

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
