import { randomUUID } from 'node:crypto';
import { connectMongo, createLogger, loadAdjoinConfig, parseEnv, readSecretFile, runApp } from '@adjoin/shared';
import { accessOf, controlPlaneEnv } from './config.js';
import { controlPlaneModule } from './control-plane.module.js';
import { configureHttp } from './http/configure.js';
import { watchMongo } from './mongo-watch.js';
import { folderValidator } from './rules/folder-validator.js';

/** Starts the process and serves until it is told to stop. */
export async function startControlPlane(): Promise<void> {
  const env = parseEnv(controlPlaneEnv);
  const access = accessOf(env);
  const config = loadAdjoinConfig(env.ADJOIN_CONFIG);
  const log = createLogger('control-plane');
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const uri =
    env.ADJOIN_MONGO_URI_FILE === undefined ? env.ADJOIN_MONGO_URI : readSecretFile(env.ADJOIN_MONGO_URI_FILE).reveal();
  const mongo = await connectMongo(uri, { log, signal: stop.signal, appName: 'control-plane' });
  await mongo.db.collection('runs').createIndex({ requestedAt: -1 });
  await mongo.db.collection('commands').createIndex({ status: 1 });
  const clock = { now: () => new Date(), newId: () => randomUUID() };
  await runApp({
    name: 'control-plane',
    env: { ADJOIN_HEALTH_HOST: env.ADJOIN_BIND, ADJOIN_HEALTH_PORT: env.ADJOIN_HEALTH_PORT },
    log,
    imports: [controlPlaneModule({ mongo, config, clock, processes: env.ADJOIN_PROCESSES }, folderValidator(config))],
    configure: (app) => configureHttp(app, access, log),
    runnables: [watchMongo(mongo.db)],
    onShutdown: () => mongo.close(),
  });
}
