import { changesTopic, confirmTopic } from '@adjoin/contracts';
import {
  adConnector,
  connectMongo,
  createKafka,
  kafkaAccess,
  createLogger,
  createProducer,
  ensureTopics,
  loadAdjoinConfig,
  mongoUri,
  partitionCount,
  runApp,
} from '@adjoin/shared';
import type { ImporterEnv } from './config.js';
import { CursorStore } from './cursor/cursor-store.js';
import { PartitionWorker } from './import-run/partition-worker.js';
import { writeBackConsumer, writeBackTopics } from './write-back/write-back-consumer.js';

/** Builds and runs the importer of one connector until SIGTERM. */
export async function runImporter(env: ImporterEnv): Promise<void> {
  const log = createLogger('ad-importer', env.LOG_LEVEL).child({ connector: env.ADJOIN_CONNECTOR });
  const file = loadAdjoinConfig(env.ADJOIN_CONFIG);
  const config = adConnector(file, env.ADJOIN_CONNECTOR);
  const mongo = await connectMongo(mongoUri(env), {
    log,
    appName: 'ad-importer',
    signal: new AbortController().signal,
  });
  const selected = config.domains.map(({ dn }) => dn);
  for (const partition of await CursorStore.deselected(mongo.db, config.name, selected))
    log.warn(
      { event: 'import.domain-deselected', partition },
      'the objects of this domain stay as they were read last',
    );
  const kafka = createKafka({ access: kafkaAccess(env), clientId: `ad-importer-${config.name}`, log });
  const topic = changesTopic(config.name);
  const confirmations = confirmTopic(config.name);
  await ensureTopics(kafka, [
    { topic, partitions: env.ADJOIN_KAFKA_PARTITIONS },
    { topic: confirmations, partitions: 1 },
    { topic: `${confirmations}.dlq`, partitions: 1 },
    ...writeBackTopics(config, env.ADJOIN_KAFKA_PARTITIONS),
  ]);
  const producer = await createProducer(kafka);
  const publishing = { producer, topic, kafkaPartitions: await partitionCount(kafka, topic) };
  const workers = config.domains.map(
    ({ dn }) =>
      new PartitionWorker({
        config,
        partition: dn,
        continuous: file.mode === 'continuous',
        mongo,
        kafka,
        publishing,
        owner: env.ADJOIN_INSTANCE,
        leaseMs: env.ADJOIN_LEASE_MS,
        log,
      }),
  );
  const writeBack = writeBackConsumer({ config, db: mongo.db, kafka, producer, log });
  await runApp({
    name: 'ad-importer',
    env,
    log,
    runnables: [...workers, ...(writeBack === undefined ? [] : [writeBack])],
    health: () =>
      Object.fromEntries(workers.map((worker) => [worker.name, { ok: worker.state.ok, detail: worker.state.detail }])),
    onShutdown: async () => {
      await producer.close();
      await mongo.close();
    },
  });
}
