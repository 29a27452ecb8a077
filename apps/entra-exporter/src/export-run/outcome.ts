import { SyncError, type ExportMessage, type ResultMessage } from '@adjoin/contracts';
import { graphFailure, toGraphError, type BatchReply, type GraphFailure } from '@adjoin/graph';
import type { ShadowValue } from '../mapping/to-graph.js';

type References = NonNullable<ResultMessage['references']>;

/** What came of one export, before it is stored and told. */
export interface Outcome {
  readonly kind: ResultMessage['outcome'];
  readonly cloudId?: string | undefined;
  readonly error?: SyncError | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly unsupported?: readonly string[] | undefined;
  readonly references?: References | undefined;
  readonly shadows?: Readonly<Record<string, ShadowValue>> | undefined;
  readonly plain?: readonly string[] | undefined;
  /** A create whose fate is unknown: the intent stays open. */
  readonly open?: boolean | undefined;
  /** Open since an earlier try; this one sent nothing that creates. */
  readonly waited?: boolean | undefined;
  /** The refusal speaks of something every object needs: what is known of the tenant is out of date. */
  readonly tenantChanged?: boolean | undefined;
  /** This export made the object. */
  readonly created?: boolean | undefined;
  /** This export took the object out of the recycle bin. */
  readonly restored?: ResultMessage['restored'];
}

export const failed = (error: SyncError): Outcome => ({ kind: 'failed', error });
export const deferred = (error: SyncError, retryAfterMs: number): Outcome => ({
  kind: 'deferred',
  error,
  retryAfterMs,
});

/** The call succeeded, or what it wanted to remove was gone already. */
export function succeeded(reply: BatchReply | undefined, goneIsFine = false): boolean {
  return reply?.kind === 'answer' && (reply.status < 300 || (goneIsFine && reply.status === 404));
}

/** The error body of a refused call; undefined for any other reply. */
export function refusal(reply: BatchReply | undefined): GraphFailure | undefined {
  return reply?.kind === 'answer' && reply.status >= 300 ? graphFailure(reply.status, reply.body) : undefined;
}

/** Outcome of an export whose deciding call did not succeed. 404 is the caller's business. */
export function fromReply(reply: BatchReply | undefined, what: string, windowMs: number): Outcome {
  if (reply === undefined || reply.kind === 'skipped')
    return deferred(new SyncError('ADJ-EXP-3001', `${what} was not tried.`), windowMs);
  if (reply.kind === 'dropped') return { kind: 'stale-gate' };
  if (reply.kind === 'deferred') return deferred(reply.error, reply.retryAfterMs);
  if (reply.kind === 'unknown') return { ...deferred(reply.error, windowMs), open: true };
  const failure = graphFailure(reply.status, reply.body);
  const error = toGraphError(named(failure), what);
  // Missing rights and credentials are nothing the object can help.
  return reply.status === 401 || (reply.status === 403 && failure.code !== 'Directory_QuotaExceeded')
    ? deferred(error, 60_000)
    : failed(error);
}

/** Puts the properties that the details name in front of the message. */
function named(failure: GraphFailure): GraphFailure {
  const targets = [...new Set(failure.details.map((detail) => detail.target).filter((target) => target !== ''))];
  return targets.length === 0 ? failure : { ...failure, message: `${targets.join(', ')}: ${failure.message}` };
}

/** The message for the engine. */
export function toResult(message: ExportMessage, outcome: Outcome, at: string): ResultMessage {
  return {
    target: message.target,
    objectId: message.objectId,
    version: message.version,
    operation: message.operation,
    outcome: outcome.kind,
    at,
    ...(outcome.cloudId === undefined ? {} : { cloudId: outcome.cloudId }),
    ...(outcome.error === undefined ? {} : { code: outcome.error.code, message: outcome.error.message }),
    ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: Math.round(outcome.retryAfterMs) }),
    ...(outcome.unsupported === undefined || outcome.unsupported.length === 0
      ? {}
      : { unsupported: [...outcome.unsupported] }),
    ...(outcome.references === undefined ? {} : { references: outcome.references }),
    ...(outcome.restored === undefined ? {} : { restored: outcome.restored }),
  };
}
