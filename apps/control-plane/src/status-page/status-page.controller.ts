import { Controller, Get, Header } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { statusPage, STATUS_SCRIPT, STATUS_STYLE } from './status-page.js';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Only this page's own script and style run, and it talks to its own server only. */
const POLICY = `default-src 'none'; connect-src 'self'; script-src ${hash(STATUS_SCRIPT)}; style-src ${hash(STATUS_STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

@Controller()
export class StatusPageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-cache')
  show(): string {
    return statusPage();
  }
}
