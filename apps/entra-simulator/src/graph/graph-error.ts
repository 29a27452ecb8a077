import type { GraphReply } from '../http/graph-message.js';
import type { JsonObject } from '../json.js';

/** One entry of `error.details` (spec operations/graph-export.md section 6). */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

/** A refusal in Graph's words: HTTP status, `error.code`, message and details. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The reply with the body of section 6. */
  toReply(now: Date, requestId: string, clientRequestId: string): GraphReply {
    const innerError: JsonObject = {
      date: now.toISOString().slice(0, 19),
      'request-id': requestId,
      'client-request-id': clientRequestId,
    };
    const details = this.details.map(({ code, message, target }) => ({ code, message, target }));
    const error: JsonObject = {
      code: this.code,
      message: this.message,
      ...(details.length > 0 ? { details } : {}),
      innerError,
    };
    return { status: this.status, headers: this.headers, body: { error } };
  }
}

/** 400 Request_BadRequest. */
export function badRequest(message: string, ...details: readonly ErrorDetail[]): GraphError {
  return new GraphError(400, 'Request_BadRequest', message, details);
}

/** 400 for one property, with a detail that names it. */
export function badProperty(code: string, target: string, message: string): GraphError {
  return badRequest(message, { code, message, target });
}

/** 400 Request_UnsupportedQuery. */
export function unsupportedQuery(message: string): GraphError {
  return new GraphError(400, 'Request_UnsupportedQuery', message);
}

/** 404 Request_ResourceNotFound for an object. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** 403 Authorization_RequestDenied. */
export function denied(message = 'Insufficient privileges to complete the operation.'): GraphError {
  return new GraphError(403, 'Authorization_RequestDenied', message);
}

/** 400 with the ObjectConflict detail of section 6. */
export function objectConflict(property: string): GraphError {
  return badProperty(
    'ObjectConflict',
    property,
    `Another object with the same value for property ${property} already exists.`,
  );
}
