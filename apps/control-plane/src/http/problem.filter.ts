import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { Logger } from '@adjoin/shared';
import { problemOf } from './problem.js';

/** Turns every failure into a coded body; only unexpected ones are logged, with their cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger;
  constructor(log: Logger) {
    this.#log = log;
  }

  catch(cause: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const { status, body } = problemOf(cause);
    if (status >= 500) this.#log.error({ event: 'api.failed', code: body.error.code, err: cause }, body.error.message);
    if (response.headersSent) return void response.end();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
