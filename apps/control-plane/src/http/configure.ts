import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from '@adjoin/shared';
import type { Access } from '../config.js';
import { accessMiddleware } from './access.js';
import { ProblemFilter } from './problem.filter.js';

/** Largest request: the files of a rule set. */
const BODY_LIMIT = '20mb';

/** Access check before everything, JSON bodies only, coded errors. JSON only keeps forms of other web pages out. */
export function configureHttp(app: INestApplication, access: Access, log: Logger): void {
  const express = app as NestExpressApplication;
  express.disable('x-powered-by');
  app.use(accessMiddleware(access));
  express.useBodyParser('json', { limit: BODY_LIMIT });
  app.useGlobalFilters(new ProblemFilter(log));
}
