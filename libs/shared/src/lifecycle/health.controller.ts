import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveMetrics } from '../telemetry/telemetry.js';

export interface HealthReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: unknown }>>;
}
export const HEALTH_SOURCE = Symbol('health source');
export type HealthSource = () => HealthReport;

/** /livez: the process runs. /readyz: it can work (503 when not, with the failing checks). /metrics: Prometheus text. */
@Controller()
export class HealthController {
  constructor(@Inject(HEALTH_SOURCE) private readonly source: HealthSource) {}

  @Get('livez')
  live(): { alive: true; pid: number } {
    return { alive: true, pid: process.pid };
  }

  @Get('readyz')
  ready(@Res() response: ServerResponse): void {
    const report = this.source();
    response.writeHead(report.ready ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(report));
  }

  @Get('metrics')
  metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    serveMetrics(request, response);
  }
}
