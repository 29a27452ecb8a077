import {
  changesTopic,
  confirmTopic,
  EXPORT_LANES,
  exportsTopic,
  isWritten,
  PASSWORD_SCOPE_TOPIC,
  resultsTopic,
  type AdjoinConfig,
  type ConnectorConfig,
} from '@adjoin/contracts';
import {
  connectMongo,
  createKafka,
  kafkaAccess,
  createLogger,
  createProducer,
  ensureTopics,
  loadAdjoinConfig,
  mongoUri,
  parseEnv,
  runApp,
  type TopicSpec,
} from '@adjoin/shared';
import { ActiveEngine } from './active-engine.js';
import { engineEnv } from './config.js';
import { Store } from './store.js';

/** Starts the process: connects, waits to become the active engine, works. */
export async function main(): Promise<void> {
  const env = parseEnv(engineEnv);
  const log = createLogger('sync-engine', env.LOG_LEVEL);
  const config = loadAdjoinConfig(env.ADJOIN_CONFIG);
  const starting = new AbortController();
  const stopEarly = (): void => process.exit(0);
  process.once('SIGTERM', stopEarly);
  process.once('SIGINT', stopEarly);
  const mongo = await connectMongo(mongoUri(env), { log, signal: starting.signal, appName: 'sync-engine' });
  const store = new Store(mongo);
  await store.createIndexes();
  const kafka = createKafka({ access: kafkaAccess(env), clientId: env.ADJOIN_INSTANCE, log });
  await topics(kafka, config, env.ADJOIN_KAFKA_PARTITIONS);
  const producer = await createProducer(kafka);
  process.removeListener('SIGTERM', stopEarly);
  process.removeListener('SIGINT', stopEarly);
  const engine = new ActiveEngine({ env, log, config, store, kafka, producer });
  await runApp({
    name: 'sync-engine',
    env,
    log,
    runnables: [engine],
    health: () => ({ role: { ok: true, detail: engine.role } }),
    onShutdown: async () => {
      await producer.close();
      await mongo.close();
    },
  });
}

async function topics(
  kafka: Parameters<typeof ensureTopics>[0],
  config: AdjoinConfig,
  partitions: number,
): Promise<void> {
  const specs: TopicSpec[] = config.connectors.flatMap((connector) => topicsOf(connector, partitions));
  specs.push({ topic: PASSWORD_SCOPE_TOPIC, partitions, compacted: true });
  await ensureTopics(kafka, specs);
}

function topicsOf(connector: ConnectorConfig, partitions: number): TopicSpec[] {
  const { name } = connector;
  const exports = [
    ...EXPORT_LANES.map((lane) => ({ topic: exportsTopic(name, lane), partitions })),
    { topic: resultsTopic(name), partitions },
    { topic: `${resultsTopic(name)}.dlq`, partitions: 1 },
  ];
  return [
    { topic: changesTopic(name), partitions },
    { topic: `${changesTopic(name)}.dlq`, partitions: 1 },
    { topic: confirmTopic(name), partitions: 1 },
    ...(isWritten(connector) ? exports : []),
  ];
}
