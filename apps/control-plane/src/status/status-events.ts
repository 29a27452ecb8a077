import type { MessageEvent } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { StatusAnswer } from '@adjoin/contracts';
import {
  catchError,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  map,
  merge,
  shareReplay,
  timer,
  type Observable,
} from 'rxjs';
import { StatusService } from './status.service.js';

const POLL_MS = 2000;
/** Proxies drop a silent connection after about a minute. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events `status` with the whole answer, when something other than the clock changed. One poll serves all clients. */
@Injectable()
export class StatusEvents {
  readonly stream: Observable<MessageEvent>;

  constructor(@Inject(StatusService) status: StatusService) {
    const changes = timer(0, POLL_MS).pipe(
      // A failed poll is told by the next good one; the stream must not end for it.
      exhaustMap(() => status.status().catch(() => undefined)),
      distinctUntilChanged((a, b) => fingerprint(a) === fingerprint(b)),
      map((answer): MessageEvent =>
        answer === undefined ? { type: 'unavailable', data: {} } : { type: 'status', data: answer },
      ),
      catchError(() => EMPTY),
    );
    const alive = timer(KEEP_ALIVE_MS, KEEP_ALIVE_MS).pipe(map((): MessageEvent => ({ type: 'alive', data: {} })));
    this.stream = merge(changes.pipe(shareReplay({ bufferSize: 1, refCount: true })), alive);
  }
}

/** The answer without what changes by itself every second. */
export function fingerprint(answer: StatusAnswer | undefined): string {
  if (answer === undefined) return '';
  const connectors = answer.connectors.map((connector) => ({
    ...connector,
    freshnessSeconds: connector.freshnessSeconds === null,
  }));
  const gates = answer.gates.map((gate) => ({ ...gate, since: '' }));
  return JSON.stringify({ ...answer, at: '', connectors, gates });
}
