import 'reflect-metadata';
import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SyncError, toSyncError } from '@adjoin/contracts';
import type { CommonEnv } from '../config/env.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { stopTelemetry } from '../telemetry/telemetry.js';
import { HEALTH_SOURCE, HealthController, type HealthReport } from './health.controller.js';
import { supervise, type Runnable, type RunnableState } from './runnable.js';

@Module({})
class RootModule {}

export interface AppOptions {
  readonly name: string;
  readonly env: Pick<CommonEnv, 'ADJOIN_HEALTH_HOST' | 'ADJOIN_HEALTH_PORT'>;
  readonly log?: Logger | undefined;
  /** Modules with further controllers and services. */
  readonly imports?: readonly (Type | DynamicModule)[] | undefined;
  /** Further checks; a failing one makes /readyz answer 503. */
  readonly health?: (() => HealthReport['checks']) | undefined;
  readonly runnables: readonly Runnable[];
  /** Before listening: middleware, guards. */
  readonly configure?: ((app: INestApplication) => void) | undefined;
  /** After everything stopped: close connections. */
  readonly onShutdown?: (() => Promise<void>) | undefined;
}

/**
 * Runs a process: HTTP with health and metrics, and its runnables under supervision, until SIGTERM or SIGINT; then stops intake, waits for the
 * work in hand (at most 20 s) and exits with 0.
 */
export async function runApp(options: AppOptions): Promise<void> {
  const log = options.log ?? createLogger(options.name);
  const stop = new AbortController();
  const states = new Map(options.runnables.map((runnable) => [runnable.name, { failure: undefined } as RunnableState]));
  const app = await createHttp(options, () => report(options, states));
  await listen(app, options, log);
  log.info({ event: 'process.started', pid: process.pid, port: options.env.ADJOIN_HEALTH_PORT });
  const ended = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  const work = options.runnables.map((runnable) =>
    supervise(runnable, states.get(runnable.name) ?? { failure: undefined }, log, stop.signal),
  );
  const signal = await ended;
  log.info({ event: 'process.stopping', signal });
  stop.abort();
  await Promise.race([Promise.allSettled(work), new Promise((resolve) => setTimeout(resolve, 20_000).unref())]);
  await options.onShutdown?.().catch((error: unknown) => log.warn({ event: 'process.shutdown', err: error }));
  await app.close();
  await stopTelemetry();
  process.exit(0);
}

function report(options: AppOptions, states: ReadonlyMap<string, RunnableState>): HealthReport {
  const checks: Record<string, { ok: boolean; detail?: unknown }> = {};
  for (const [name, state] of states)
    checks[name] = state.failure === undefined ? { ok: true } : { ok: false, detail: state.failure };
  Object.assign(checks, options.health?.());
  return { ready: Object.values(checks).every((check) => check.ok), checks };
}

async function createHttp(options: AppOptions, source: () => HealthReport): Promise<INestApplication> {
  const root: DynamicModule = {
    module: RootModule,
    imports: [...(options.imports ?? [])],
    controllers: [HealthController],
    providers: [{ provide: HEALTH_SOURCE, useValue: source }],
  };
  const app = await NestFactory.create(root, { logger: ['error', 'fatal'], abortOnError: false });
  options.configure?.(app);
  return app;
}

async function listen(app: INestApplication, options: AppOptions, log: Logger): Promise<void> {
  const { ADJOIN_HEALTH_HOST: host, ADJOIN_HEALTH_PORT: port } = options.env;
  try {
    await app.listen(port, host);
  } catch (cause) {
    const error =
      typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EADDRINUSE'
        ? new SyncError('ADJ-CFG-0003', `Port ${port} on ${host} is in use.`, { cause })
        : toSyncError(cause);
    log.fatal({ event: 'process.failed', code: error.code, hint: error.hint }, error.message);
    throw error;
  }
}

/** Runs the main function of a process; a coded error is one readable line on standard error and exit code 1, never a stack trace. */
export function runMain(main: () => Promise<void>): void {
  main().catch((cause: unknown) => {
    const error = toSyncError(cause);
    process.stderr.write(`${error.toString()}\n`);
    if (error.code === 'ADJ-GEN-0001' && cause instanceof Error && process.env['ADJOIN_DEBUG'] !== undefined)
      process.stderr.write(`${cause.stack ?? ''}\n`);
    process.exit(1);
  });
}
