import { SyncError } from '@adjoin/contracts';

/** The service took nothing of the call: throttled, unavailable or not reached. The same call may succeed later. */
export class ServiceBusy extends SyncError {
  /** What the service said (Retry-After), ms; undefined when it said nothing. */
  readonly afterMs: number | undefined;

  constructor(error: SyncError, afterMs: number | undefined) {
    super(error.code, error.message, { cause: error, hint: error.hint, retry: error.retry });
    this.name = 'ServiceBusy';
    this.afterMs = afterMs;
  }
}

/** Who waits when the service is busy: the call by itself, or its caller, who is told by {@link ServiceBusy} at once. */
export type WhenBusy = 'repeat' | 'tell';
