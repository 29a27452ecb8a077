import {
  ERROR_CODES,
  PASSWORD_SCOPE_TOPIC,
  SyncError,
  type AdConnectorConfig,
  type AdjoinConfig,
  type PasswordHashSyncConfig,
} from '@adjoin/contracts';
import {
  adConnector,
  connectMongo,
  createKafka,
  kafkaAccess,
  createLogger,
  ensureTopics,
  entraConnector,
  loadAdjoinConfig,
  mongoUri,
  runApp,
  type Logger,
  type MongoHandle,
  type Runnable,
} from '@adjoin/shared';
import type { PasswordEnv } from './config.js';
import { isProvableAnchor, type ProvableAnchor } from './eligibility/source-anchor.js';
import { ForestWorker } from './forest/forest-worker.js';
import { hashSource } from './replication/hash-source.js';
import { SyncServiceSender } from './send/sync-service-sender.js';
import { ReplicationCursors } from './state/replication-cursors.js';
import { connectTenant } from './target/tenant-connection.js';
import { TenantDirectory } from './target/tenant-directory.js';

/** Synchronizes the passwords of one forest until SIGTERM. */
export async function runPasswordHashSync(env: PasswordEnv): Promise<void> {
  const log = createLogger('password-hash-sync', env.LOG_LEVEL).child({ connector: env.ADJOIN_CONNECTOR });
  refuseInspection(log);
  const file = loadAdjoinConfig(env.ADJOIN_CONFIG);
  const connector = adConnector(file, env.ADJOIN_CONNECTOR);
  const config = passwordConfig(connector);
  const anchorAttribute = provableAnchor(file);
  const target = entraConnector(file, env.ADJOIN_TARGET);
  const mongo = await connectMongo(mongoUri(env), {
    log,
    appName: 'password-hash-sync',
    signal: new AbortController().signal,
  });
  const common = { name: 'password-hash-sync', env, log } as const;
  if (target.channel === 'graph') {
    await runApp({ ...common, ...(await idle(mongo, connector, env, log)), onShutdown: () => mongo.close() });
    return;
  }
  const kafka = createKafka({ access: kafkaAccess(env), clientId: env.ADJOIN_INSTANCE, log });
  await ensureTopics(kafka, [
    { topic: PASSWORD_SCOPE_TOPIC, partitions: env.ADJOIN_KAFKA_PARTITIONS, compacted: true },
  ]);
  const { graph, service } = connectTenant(target);
  const worker = new ForestWorker({
    ...{ connector: connector.name, namingContexts: connector.domains.map(({ dn }) => dn), anchorAttribute },
    ...{ pollMs: config.pollSeconds * 1000, leaseMs: env.ADJOIN_LEASE_MS, owner: env.ADJOIN_INSTANCE },
    ...{ db: mongo.db, kafka, log },
    open: (namingContext, signal) => hashSource(connector, config, namingContext)(signal),
    directory: new TenantDirectory(graph, service),
    sender: new SyncServiceSender(service),
  });
  await runApp({
    ...common,
    runnables: [worker],
    health: () => ({ passwords: { ok: true, detail: worker.detail } }),
    onShutdown: async () => {
      service.close();
      graph.close();
      await mongo.close();
    },
  });
}

/** With the Graph channel the process runs and says why it does nothing: no hash is read at all. */
async function idle(mongo: MongoHandle, connector: AdConnectorConfig, env: PasswordEnv, log: Logger) {
  const code = 'ADJ-PHS-7104';
  const { cause, hint } = textsOf(code);
  log.warn({ event: 'passwords.no-channel', code, hint }, cause);
  const cursors = new ReplicationCursors(mongo.db, connector.name);
  await cursors.forest(env.ADJOIN_INSTANCE, 'graph');
  await cursors.saveCondition({ code, message: `${cause} ${hint}` });
  const waiting: Runnable = {
    name: 'waiting',
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  };
  const detail = { role: 'idle', condition: `[${code}] ${cause} ${hint}` };
  return { runnables: [waiting], health: () => ({ passwords: { ok: true, detail } }) };
}

function textsOf(code: keyof typeof ERROR_CODES): { readonly cause: string; readonly hint: string } {
  const { cause, hint } = ERROR_CODES[code];
  return { cause, hint };
}

function passwordConfig(connector: AdConnectorConfig): PasswordHashSyncConfig {
  const config = connector.passwordHashSync;
  if (config?.enabled === true) return config;
  throw new SyncError(
    'ADJ-CFG-0001',
    `The connector ${connector.name} has no password hash synchronization: add passwordHashSync with account and passwordFile.`,
  );
}

function provableAnchor({ rules }: AdjoinConfig): ProvableAnchor {
  const { sourceAnchor } = rules.options;
  if (isProvableAnchor(sourceAnchor)) return sourceAnchor;
  throw new SyncError('ADJ-PHS-7107', `The source anchor of the rules is ${sourceAnchor}.`);
}

/** Whoever attaches a debugger reads memory, and so does whoever reads its dump (docs/password-hash-sync.md). */
function refuseInspection(log: Logger): void {
  process.removeAllListeners('SIGUSR1');
  process.on('SIGUSR1', () => log.warn({ event: 'passwords.inspection-refused' }, 'SIGUSR1 opens no inspector here.'));
}
