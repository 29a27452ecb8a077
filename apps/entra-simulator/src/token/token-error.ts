import { randomUUID } from 'node:crypto';
import type { GraphReply } from '../http/graph-message.js';

/** A refusal of the token endpoint: OAuth error code and the number of the AADSTS message. */
export class TokenError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly number: number,
    message: string,
  ) {
    super(message);
  }

  toReply(now: Date): GraphReply {
    const trace = randomUUID();
    const correlation = randomUUID();
    const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
    return {
      status: this.status,
      body: {
        error: this.error,
        error_description: `AADSTS${this.number}: ${this.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [this.number],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
      },
    };
  }
}
